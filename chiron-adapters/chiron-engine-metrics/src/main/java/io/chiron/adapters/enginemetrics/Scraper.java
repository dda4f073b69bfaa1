package io.chiron.adapters.enginemetrics;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Fetches and reads pages without blocking. Thread-safe. */
final class Scraper {
    private final ScrapeConfig config;
    private final InstantSource clock;
    private final HttpClient client;

    /**
     * One scrape of one engine.
     *
     * @param time when the last byte had come, or when it failed
     * @param nanos the same on the clock of {@link System#nanoTime()}, which no one sets
     * @param reading null if there is a fault
     * @param fault null if there is a reading
     */
    record Scrape(
            Instant time,
            long nanos,
            @Nullable EngineReading reading,
            @Nullable String fault) {}

    Scraper(ScrapeConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER) // a token must not follow one
                .connectTimeout(config.timeout());
        if (config.tls() != null) {
            builder.sslContext(config.tls());
        }
        client = builder.build();
    }

    /** Completes within the time-out, and never with an exception. */
    CompletableFuture<Scrape> scrape(EngineEndpoint endpoint) {
        PageFetch fetch = new PageFetch(config.maxPageBytes());
        CompletableFuture<HttpResponse<String>> response;
        try {
            response = client.sendAsync(request(endpoint), fetch);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(e));
        }
        return response.thenApply(page -> read(page.body(), endpoint))
                .orTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(thrown -> {
                    fetch.abort();
                    response.cancel(true);
                    return failed(thrown);
                });
    }

    private HttpRequest request(EngineEndpoint endpoint) {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.uri())
                .header("Accept", "text/plain;version=0.0.4;q=1,text/plain;q=0.5");
        String token = config.bearerToken();
        if (token != null) {
            if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                // The client's own message would quote the token.
                throw new IllegalStateException("the bearer token has characters that no header may have");
            }
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private Scrape read(String text, EngineEndpoint endpoint) {
        Instant time = clock.instant();
        long nanos = System.nanoTime();
        try {
            return new Scrape(time, nanos, EngineReading.of(PrometheusPage.parse(text), endpoint), null);
        } catch (EngineReading.Unusable unusable) {
            return new Scrape(time, nanos, null, unusable.getMessage());
        }
    }

    private Scrape failed(Throwable thrown) {
        return new Scrape(clock.instant(), System.nanoTime(), null, describe(thrown));
    }

    private String describe(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "no complete page within " + config.timeout().toMillis() + " ms";
        }
        if (cause instanceof ConnectException) {
            return "cannot connect";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
