package io.chiron.adapters.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API server double with the scale subresource, faults on demand, and the controllers that make and delete the pods of a
 * workload: of a Deployment the least ready first, then by deletion cost, then the newest.
 */
final class Cluster implements AutoCloseable {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern SCALE = Pattern.compile("(/apis/.+/namespaces/.+/([a-z]+)/([a-z0-9-]+))/scale");

    final KubernetesClient client;
    final List<String> requests = new ArrayList<>();
    private final WorkloadKind kind;
    private final KubernetesMockServer server;
    private final Api api = new Api();
    private Instant now = START;
    private int made;

    private record Fault(String method, String path, int code, boolean afterwards) {}

    private final List<Fault> faults = new ArrayList<>();

    Cluster(WorkloadKind kind, int replicas) {
        this.kind = kind;
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), api, false);
        server.init();
        client = server.createClient(builder -> builder.editOrNewConfig()
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(2000)
                .endConfig());
        GenericKubernetesResource workload = new GenericKubernetesResource();
        workload.setApiVersion(kind.apiVersion());
        workload.setKind(kind.kind());
        workload.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
                .withName("vllm")
                .withNamespace("serving")
                .build());
        workload.setAdditionalProperty("spec", new HashMap<>(Map.of("replicas", replicas)));
        client.genericKubernetesResources(kind.context())
                .inNamespace("serving")
                .resource(workload)
                .create();
        settle();
        requests.clear();
    }

    static Workload workload(WorkloadKind kind) {
        return new Workload(kind, "serving", "vllm", Map.of("app", "vllm"), "default", Duration.ofSeconds(60), false);
    }

    InstantSource clock() {
        return () -> now;
    }

    Instant now() {
        return now;
    }

    void pass(int seconds) {
        now = now.plusSeconds(seconds);
    }

    /** The next request of this kind is answered with {@code code} and has no effect. */
    void refuse(String method, String path, int code) {
        faults.add(new Fault(method, path, code, false));
    }

    /** The next request of this kind takes effect, and its answer is lost. */
    void loseAnswer(String method, String path) {
        faults.add(new Fault(method, path, 504, true));
    }

    void refuseNothing() {
        faults.clear();
    }

    int replicas() {
        Object spec = workload().getAdditionalProperties().get("spec");
        return ((Number) ((Map<?, ?>) spec).get("replicas")).intValue();
    }

    /** What kubectl scale does. */
    void scaleByHand(int replicas) {
        client.genericKubernetesResources(kind.context())
                .inNamespace("serving")
                .withName("vllm")
                .scale(replicas);
    }

    /** Lets the controllers make and delete pods until the count is right. */
    void settle() {
        List<Pod> pods = pods();
        for (int missing = replicas() - pods.size(); missing > 0; missing--) {
            make(kind == WorkloadKind.DEPLOYMENT ? "vllm-" + "abcdefghijklmnop".charAt(made) : "vllm-" + pods().size());
        }
        while (pods().size() > replicas()) {
            Pod victim = pods().stream().min(order()).orElseThrow();
            client.resource(victim).delete();
        }
    }

    private Comparator<Pod> order() {
        return kind == WorkloadKind.DEPLOYMENT
                ? Comparator.comparing(PodView::ready)
                        .thenComparing(pod -> {
                            String cost = PodView.annotation(pod, Marks.DELETION_COST);
                            return cost == null ? 0 : Integer.parseInt(cost);
                        })
                        .thenComparing(PodView::made, Comparator.reverseOrder())
                : Comparator.comparing(pod -> -PodView.index(pod, workload(kind)));
    }

    private void make(String name) {
        made++;
        Map<String, String> labels = new HashMap<>(Map.of("app", "vllm"));
        if (kind == WorkloadKind.LEADER_WORKER_SET) {
            labels.put(WorkloadKind.WORKER_INDEX, "0");
            labels.put(kind.indexLabel(), name.substring(5));
        }
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("serving")
                        .withLabels(labels)
                        .withCreationTimestamp(now.toString())
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Pending")
                        .endStatus()
                        .build())
                .create();
    }

    void ready(String name) {
        condition(name, "Ready", "True", null, null);
    }

    void readyAll() {
        pods().stream().filter(pod -> !PodView.ready(pod)).forEach(pod -> ready(PodView.name(pod)));
    }

    void condition(String name, String type, String status, String reason, String message) {
        client.pods().inNamespace("serving").withName(name).editStatus(pod -> new PodBuilder(pod)
                .editOrNewStatus()
                .withPodIP("10.0.0.1")
                .withConditions(new PodConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason(reason)
                        .withMessage(message)
                        .withLastTransitionTime(now.toString())
                        .build())
                .endStatus()
                .build());
    }

    List<Pod> pods() {
        return PodInstances.pods(client, workload(kind));
    }

    List<String> names() {
        return pods().stream().map(PodView::name).toList();
    }

    Pod pod(String name) {
        return client.pods().inNamespace("serving").withName(name).get();
    }

    List<Event> events() {
        return client.v1().events().inNamespace("serving").list().getItems();
    }

    ConfigMap ledger() {
        return client.configMaps()
                .inNamespace("serving")
                .withName("chiron-vllm")
                .get();
    }

    private GenericKubernetesResource workload() {
        return client.genericKubernetesResources(kind.context())
                .inNamespace("serving")
                .withName("vllm")
                .get();
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }

    private final class Api extends KubernetesCrudDispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            synchronized (Cluster.this) {
                requests.add(request.getMethod() + " " + request.getPath());
                for (Fault fault : faults) {
                    if (request.getMethod().equals(fault.method())
                            && request.getPath().contains(fault.path())) {
                        faults.remove(fault);
                        if (fault.afterwards()) {
                            answer(request);
                        }
                        return status(fault.code());
                    }
                }
                return answer(request);
            }
        }

        private MockResponse answer(RecordedRequest request) {
            Matcher scale = SCALE.matcher(request.getPath());
            if (scale.matches()) {
                return scale(request, scale.group(1));
            }
            MockResponse response = super.dispatch(request);
            if (request.getMethod().equals("POST") && request.getPath().endsWith("/pods")) {
                // The double stamps with the time of the machine.
                String stamped = Serialization.unmarshal(response.getBody().readUtf8(), Pod.class)
                        .getMetadata()
                        .getCreationTimestamp();
                getMap().replaceAll((key, json) -> json.replace(
                        "\"creationTimestamp\":\"" + stamped + "\"", "\"creationTimestamp\":\"" + now + "\""));
            }
            return response;
        }

        /** The count of the parent, with its uid and resource version. */
        private MockResponse scale(RecordedRequest request, String parentPath) {
            GenericKubernetesResource parent = Serialization.unmarshal(
                    super.handleGet(parentPath).getBody().readUtf8(), GenericKubernetesResource.class);
            if (request.getMethod().equals("PUT")) {
                var asked = Serialization.unmarshal(
                        request.getUtf8Body(), io.fabric8.kubernetes.api.model.autoscaling.v1.Scale.class);
                String version = asked.getMetadata().getResourceVersion();
                if (version != null && !version.equals(parent.getMetadata().getResourceVersion())) {
                    return status(409);
                }
                parent.setAdditionalProperty(
                        "spec", Map.of("replicas", asked.getSpec().getReplicas()));
                super.dispatch(new RecordedRequest(
                        "HTTP/1.1",
                        HttpMethod.PUT,
                        parentPath,
                        request.getHeaders(),
                        new Buffer(Serialization.asJson(parent).getBytes(StandardCharsets.UTF_8))));
                return scale(
                        new RecordedRequest(
                                "HTTP/1.1", HttpMethod.GET, request.getPath(), request.getHeaders(), new Buffer()),
                        parentPath);
            }
            return new MockResponse()
                    .setResponseCode(200)
                    .setBody(Serialization.asJson(new io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder()
                            .withMetadata(parent.getMetadata())
                            .withNewSpec()
                            .withReplicas(((Number) ((Map<?, ?>) parent.getAdditionalProperties()
                                                    .get("spec"))
                                            .get("replicas"))
                                    .intValue())
                            .endSpec()
                            .build()));
        }

        private MockResponse status(int code) {
            return new MockResponse()
                    .setResponseCode(code)
                    .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"answer "
                            + code + "\",\"code\":" + code + "}");
        }
    }
}
