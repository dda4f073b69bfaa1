package io.chiron.adapters.enginemetrics;

import io.chiron.api.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How pages are fetched. Immutable. */
public final class ScrapeConfig {
    /** One second, 8 MiB, the JDK's trust, no token. */
    public static final ScrapeConfig DEFAULT = new ScrapeConfig(Duration.ofSeconds(1), 8 << 20, null, () -> null);

    private final Duration timeout;
    private final int maxPageBytes;
    private final @Nullable SSLContext tls;
    private final Supplier<@Nullable String> bearerToken;

    private ScrapeConfig(
            Duration timeout, int maxPageBytes, @Nullable SSLContext tls, Supplier<@Nullable String> bearerToken) {
        this.timeout = timeout;
        this.maxPageBytes = maxPageBytes;
        this.tls = tls;
        this.bearerToken = bearerToken;
    }

    /** Most time for one page, from connecting to its last byte, read and understood; (0, 1 minute]. */
    public ScrapeConfig withTimeout(Duration value) {
        return new ScrapeConfig(
                Checks.positive("scrape.timeout", value, Duration.ofMinutes(1)), maxPageBytes, tls, bearerToken);
    }

    /** Largest page, bytes; [1024, 256 MiB]. */
    public ScrapeConfig withMaxPageBytes(int value) {
        return new ScrapeConfig(
                timeout, Checks.inRange("scrape.maxPageBytes", value, 1024, 256 << 20), tls, bearerToken);
    }

    /** Trust and client certificate for {@code https}. */
    public ScrapeConfig withTls(SSLContext value) {
        return new ScrapeConfig(timeout, maxPageBytes, Objects.requireNonNull(value, "scrape.tls"), bearerToken);
    }

    /** A token for every engine, asked for at every scrape since tokens change; null from it sends none. */
    public ScrapeConfig withBearerToken(Supplier<@Nullable String> value) {
        return new ScrapeConfig(timeout, maxPageBytes, tls, Objects.requireNonNull(value, "scrape.bearerToken"));
    }

    Duration timeout() {
        return timeout;
    }

    int maxPageBytes() {
        return maxPageBytes;
    }

    @Nullable
    SSLContext tls() {
        return tls;
    }

    @Nullable
    String bearerToken() {
        return bearerToken.get();
    }
}
