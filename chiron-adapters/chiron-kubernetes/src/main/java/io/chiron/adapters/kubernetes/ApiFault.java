package io.chiron.adapters.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** What an API server's refusal means to whoever reads the log. */
final class ApiFault {
    private static final int TOO_MANY_REQUESTS = 429;

    private ApiFault() {}

    static boolean isConflict(KubernetesClientException thrown) {
        return thrown.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    static boolean isMissing(KubernetesClientException thrown) {
        return thrown.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    /** The server's own words; the client's repeat the whole answer. */
    private static String message(KubernetesClientException thrown) {
        Status status = thrown.getStatus();
        return status == null || status.getMessage() == null
                ? String.valueOf(thrown.getMessage())
                : status.getMessage();
    }

    /** An error that says what was tried, on what, and what to do about it. */
    static IllegalStateException of(String what, Workload workload, KubernetesClientException thrown) {
        String why =
                switch (thrown.getCode()) {
                    case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                        "the API server forbids it; grant what manifests/rbac.yaml lists: ";
                    case HttpURLConnection.HTTP_NOT_FOUND -> "it is not there: ";
                    case HttpURLConnection.HTTP_CONFLICT -> "somebody else changes it at the same time: ";
                    case TOO_MANY_REQUESTS -> "the API server is throttling: ";
                    case 0 -> "the API server does not answer: ";
                    default -> "the API server answered " + thrown.getCode() + ": ";
                };
        return new IllegalStateException(what + " on " + workload + ": " + why + message(thrown), thrown);
    }
}
