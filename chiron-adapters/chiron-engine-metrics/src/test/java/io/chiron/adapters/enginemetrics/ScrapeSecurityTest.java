package io.chiron.adapters.enginemetrics;

import static io.chiron.adapters.enginemetrics.LoopbackEngines.FLEET;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.NOW;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.answer;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.fault;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.instance;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.page;
import static io.chiron.adapters.enginemetrics.LoopbackEngines.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, certificates and addresses. */
@Timeout(20)
class ScrapeSecurityTest {
    private final LoopbackEngines live = new LoopbackEngines();

    @AfterEach
    void stop() {
        live.close();
    }

    @Test
    void sendsTheTokenAndNeverTellsIt() {
        AtomicReference<String> seen = new AtomicReference<>();
        live.serve("a", exchange -> {
            seen.set(exchange.getRequestHeaders().getFirst("Authorization"));
            answer(exchange, 200, page(1));
        });
        AtomicReference<String> token = new AtomicReference<>("s3cret");
        EngineMetricsSource source = live.source(
                ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)).withBearerToken(token::get));
        source.observe(FLEET, NOW);
        assertThat(seen.get()).isEqualTo("Bearer s3cret");
        token.set(null);
        source.observe(FLEET, NOW);
        assertThat(seen.get()).isNull();
        token.set("s3cret\r\nX: y");
        source.observe(FLEET, NOW);
        assertThat(fault(source, "a")).contains("bearer token").doesNotContain("s3cret");
    }

    @Test
    void verifiesTls(@TempDir Path dir) throws Exception {
        SSLContext tls = selfSigned(dir);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.setExecutor(live.threads);
        secure.createContext("/", exchange -> answer(exchange, 200, page(1)));
        secure.start();
        try {
            live.engines.add(EngineEndpoint.of(
                    instance("a"), uri("https", secure.getAddress().getPort(), "")));
            ScrapeConfig config = ScrapeConfig.DEFAULT.withTimeout(Duration.ofSeconds(5));
            EngineMetricsSource trusting = live.source(config.withTls(tls));
            trusting.observe(FLEET, NOW);
            assertThat(fault(trusting, "a")).isNull();
            EngineMetricsSource unknowing = live.source(config);
            unknowing.observe(FLEET, NOW);
            assertThat(fault(unknowing, "a")).containsIgnoringCase("certif");
        } finally {
            secure.stop(0);
        }
    }

    private static SSLContext selfSigned(Path dir) throws Exception {
        Path store = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void refusesAnAddressThatIsNone() {
        assertThatThrownBy(() -> EngineEndpoint.of(instance("a"), URI.create("ftp://host/metrics")))
                .hasMessageContaining("endpoint.uri");
        assertThatThrownBy(() -> EngineEndpoint.of(instance("a"), URI.create("/metrics")))
                .hasMessageContaining("endpoint.uri");
        assertThatThrownBy(() -> ScrapeConfig.DEFAULT.withTimeout(Duration.ZERO))
                .hasMessageContaining("scrape.timeout");
    }
}
