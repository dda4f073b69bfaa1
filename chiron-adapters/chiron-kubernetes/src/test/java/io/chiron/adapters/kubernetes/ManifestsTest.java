package io.chiron.adapters.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.chiron.api.Action;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests: every field exists, kubectl takes them, and the role is what the operator uses, no more. */
class ManifestsTest {
    private static final Path FOLDER = Path.of("manifests");
    private static final Pattern REQUEST = Pattern.compile(
            "(\\w+) /(?:api|apis/([^/]+))/v1/namespaces/serving/([a-z]+)(?:/([a-z0-9-]+))?(?:/([a-z]+))?(\\?.*)?");

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyFieldExists(Path manifest) throws Exception {
        List<HasMetadata> resources = read(manifest);
        assertThat(resources).isNotEmpty();
        for (HasMetadata resource : resources) {
            if (!(resource instanceof GenericKubernetesResource)) {
                noUnknownFields(resource, resource.getKind());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void kubectlTakesIt(Path manifest) throws Exception {
        Path kubectl = Path.of("/usr/bin/kubectl");
        assumeTrue(Files.isExecutable(kubectl), "no kubectl here");
        HttpServer discovery = discovery();
        Path output = Files.createTempFile("kubectl", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            kubectl.toString(),
                            "--server=http://127.0.0.1:"
                                    + discovery.getAddress().getPort(),
                            "create",
                            "--dry-run=client",
                            "--validate=false",
                            "--cache-dir=" + Files.createTempDirectory("kubectl"),
                            "-o",
                            "name",
                            "-f",
                            manifest.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("KUBECONFIG", "/dev/null");
            Process process = builder.start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            assertThat(Files.readAllLines(output)).hasSameSizeAs(read(manifest));
        } finally {
            discovery.stop(0);
            Files.delete(output);
        }
    }

    @Test
    void theRoleIsWhatTheOperatorUses() throws Exception {
        Role role = (Role) read(FOLDER.resolve("rbac.yaml")).stream()
                .filter(Role.class::isInstance)
                .findFirst()
                .orElseThrow();
        Set<String> granted = new TreeSet<>();
        for (PolicyRule rule : role.getRules()) {
            List<String> names =
                    rule.getResourceNames() == null || rule.getResourceNames().isEmpty()
                            ? List.of("*")
                            : rule.getResourceNames();
            for (String verb : rule.getVerbs()) {
                for (String resource : rule.getResources()) {
                    names.forEach(
                            name -> granted.add(verb + " " + rule.getApiGroups().get(0) + "/" + resource + " " + name));
                }
            }
        }
        assertThat(granted).isEqualTo(used());
    }

    /** What a life of an operator asks of the API server. */
    private static Set<String> used() throws InterruptedException {
        Reason reason = Reason.of(ReasonCode.SURPLUS);
        List<String> requests;
        try (Cluster cluster = new Cluster(WorkloadKind.DEPLOYMENT, 2)) {
            cluster.readyAll();
            cluster.requests.clear();
            Workload workload = Cluster.workload(WorkloadKind.DEPLOYMENT);
            KubernetesActuator actuator =
                    new KubernetesActuator(cluster.client, workload, action -> {}, cluster.clock());
            ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
            try {
                lead(cluster, "a", threads);
                lead(cluster, "b", threads);
            } finally {
                threads.shutdownNow();
            }
            actuator.upkeep();
            actuator.apply(new Action.Launch("m", "l1", Pool.MIXED, "default", reason));
            String pod = cluster.names().get(0);
            actuator.apply(new Action.Reassign("m", pod, Pool.BATCH, reason));
            actuator.apply(new Action.Drain("m", pod, reason));
            actuator.apply(new Action.CancelDrain("m", pod, reason));
            actuator.apply(new Action.Retire("m", pod, reason));
            new PodInstances(cluster.client, workload, cluster.clock()).list();
            synchronized (cluster) {
                requests = new ArrayList<>(cluster.requests);
            }
        }
        Set<String> used = new TreeSet<>();
        for (String request : requests) {
            Matcher parts = REQUEST.matcher(request);
            assertThat(parts.matches()).as(request).isTrue();
            String group = parts.group(2) == null ? "" : parts.group(2);
            String name = parts.group(4);
            String resource = parts.group(3) + (parts.group(5) == null ? "" : "/" + parts.group(5));
            String verb =
                    switch (parts.group(1)) {
                        case "GET" -> name == null ? "list" : "get";
                        case "PUT" -> "update";
                        case "POST" -> "create";
                        case "PATCH" -> "patch";
                        default -> parts.group(1);
                    };
            boolean any = name == null || resource.equals("pods");
            used.add(verb + " " + group + "/" + resource + " " + (any ? "*" : name));
        }
        return used;
    }

    private static void lead(Cluster cluster, String identity, ScheduledExecutorService threads)
            throws InterruptedException {
        CountDownLatch leads = new CountDownLatch(1);
        try (Leadership leadership = new Leadership(
                cluster.client, "serving", "chiron-vllm", identity, Duration.ofSeconds(1), threads, leads::countDown)) {
            leadership.start();
            assertThat(leads.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<HasMetadata> read(Path manifest) throws IOException {
        List<HasMetadata> all = new ArrayList<>();
        for (String document : Files.readString(manifest).split("(?m)^---$")) {
            all.add(new KubernetesSerialization().unmarshal(document));
        }
        return all;
    }

    /** The models keep what they do not know apart. */
    private static void noUnknownFields(Object model, String path) throws ReflectiveOperationException {
        if (model instanceof Collection<?> items) {
            for (Object item : items) {
                noUnknownFields(item, path + "[]");
            }
        } else if (model instanceof Map<?, ?> entries) {
            for (Object value : entries.values()) {
                noUnknownFields(value, path + "{}");
            }
        } else if (model != null && model.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")) {
            for (Method getter : model.getClass().getMethods()) {
                if (getter.getName().equals("getAdditionalProperties")) {
                    assertThat((Map<?, ?>) getter.invoke(model)).as(path).isEmpty();
                } else if (getter.getName().startsWith("get") && getter.getParameterCount() == 0) {
                    noUnknownFields(
                            getter.invoke(model), path + "." + getter.getName().substring(3));
                }
            }
        }
    }

    /** Tells kubectl which kinds there are, which is all that it asks for. */
    private static HttpServer discovery() throws IOException {
        Map<String, List<String>> kinds = Map.of(
                "", List.of("ConfigMap", "Service", "ServiceAccount"),
                "apps", List.of("Deployment"),
                "rbac.authorization.k8s.io", List.of("Role", "RoleBinding"),
                "autoscaling", List.of("HorizontalPodAutoscaler"),
                "keda.sh", List.of("ScaledObject"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> groups = new ArrayList<>();
        kinds.forEach((group, names) -> {
            String version = group.equals("autoscaling") ? "v2" : group.equals("keda.sh") ? "v1alpha1" : "v1";
            String groupVersion = group.isEmpty() ? version : group + "/" + version;
            String resources = String.join(
                    ",",
                    names.stream()
                            .map(kind -> "{\"name\":\"" + kind.toLowerCase(Locale.ROOT)
                                    + "s\",\"namespaced\":true,\"kind\":\"" + kind
                                    + "\",\"verbs\":[\"create\",\"get\"]}")
                            .toList());
            serve(
                    server,
                    group.isEmpty() ? "/api/v1" : "/apis/" + groupVersion,
                    "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"" + groupVersion
                            + "\",\"resources\":[" + resources + "]}");
            if (!group.isEmpty()) {
                String one = "{\"groupVersion\":\"" + groupVersion + "\",\"version\":\"" + version + "\"}";
                groups.add("{\"name\":\"" + group + "\",\"versions\":[" + one + "],\"preferredVersion\":" + one + "}");
            }
        });
        serve(server, "/api", "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
        serve(
                server,
                "/apis",
                "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[" + String.join(",", groups) + "]}");
        server.start();
        return server;
    }

    private static void serve(HttpServer server, String path, String json) {
        server.createContext(path, exchange -> {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals(path) ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
