package io.chiron.examples.router.http;

import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A server on one address, with few threads: handlers do not block. */
public final class HttpServer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final long IDLE_MILLIS = 30_000;
    private static final int BACKLOG = 4096;

    private final Server server;
    private final ServerConnector connector;

    /**
     * Starts serving.
     *
     * @param address its port may be 0: any that is free
     * @throws IllegalStateException if it cannot, with the reason
     */
    public HttpServer(InetSocketAddress address, Handler handler) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        server.setHandler(handler);
        try {
            server.start();
        } catch (Exception failed) {
            close();
            throw new IllegalStateException("cannot listen on " + address + ": " + failed.getMessage(), failed);
        }
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception ignored) {
            // Nothing is left to be done about a server that does not stop.
        }
    }
}
