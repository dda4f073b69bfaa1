package io.chiron.examples.router.engine;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.LogLevel;
import de.kherud.llama.ModelParameters;
import io.chiron.api.Checks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One llama.cpp context with parallel slots, driven by one thread.
 *
 * <p>One thread, since every result wakes all that wait for one. The binding's wait for a result of one sequence spins, and holds
 * up the engine, for as long as a result of another one lies unread: see {@link #round()}.
 */
public final class LlamaEngine {
    /** Weight of a new iteration in the usual time of one. */
    private static final double SMOOTHING = 0.2;
    /** A result that takes longer than this share of an iteration is of another iteration than the one before. */
    private static final double LATE_SHARE = 0.4;
    /** A wait that computes for more than this share of its time spins. */
    private static final double SPIN_SHARE = 0.2;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Receives what a sequence yields, on the thread of the engine. */
    public interface Sink {
        /** One more token. Returns false if nobody wants more. */
        boolean token(String text);

        /** All tokens have come. */
        void done();

        /** The engine cannot go on with this sequence. */
        void failed(String message);
    }

    /** Size of an engine. */
    public record Settings(Path model, int slots, int contextTokensPerSlot, int threads) {
        public Settings {
            Checks.inRange("slots", slots, 1, 256);
            Checks.inRange("contextTokensPerSlot", contextTokensPerSlot, 64, 8192);
            Checks.inRange("threads", threads, 1, 256);
        }

        public int kvCapacityTokens() {
            return slots * contextTokensPerSlot;
        }
    }

    private static final class Sequence {
        final String prompt;
        final int promptTokens;
        final int maxTokens;
        final Sink sink;

        @Nullable
        LlamaIterator results;

        /** The next round takes nothing from it. */
        boolean passOver;

        int produced;
        long lastNanos;

        Sequence(String prompt, int promptTokens, int maxTokens, Sink sink) {
            this.prompt = prompt;
            this.promptTokens = promptTokens;
            this.maxTokens = maxTokens;
            this.sink = sink;
        }
    }

    private final LlamaModel model;
    private final Settings settings;
    private final EngineCounters counters;
    private final IterationLog log;
    /** Those for which there is no slot; also the lock of what follows. */
    private final Deque<Sequence> waiting = new ArrayDeque<>();

    private int inSlots;
    private final LinkedBlockingQueue<Sequence> begun = new LinkedBlockingQueue<>();
    /** Those whose tokens are taken; confined to the thread of the engine. */
    private final List<Sequence> active = new ArrayList<>();

    private double iterationNanos;
    /** When the last token was taken, or the round began. */
    private long readNanos;
    /** Whether the wait for a result spun since this was last set. */
    private boolean spun;
    /** Where in {@link #active} the last search for unread results ended. */
    private int searched;

    /**
     * Loads the model; takes seconds.
     *
     * @throws IOException if the native library cannot be unpacked beside the model
     */
    public static LlamaEngine load(Settings settings, EngineCounters counters, IterationLog log) throws IOException {
        Path folder = settings.model().toAbsolutePath().resolveSibling("native");
        Files.createDirectories(folder);
        System.setProperty("de.kherud.llama.tmpdir", folder.toString());
        // The binding unpacks its library over the one that another process may be about to load.
        try (FileChannel file =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            Objects.requireNonNull(lock);
            return new LlamaEngine(settings, counters, log);
        }
    }

    private LlamaEngine(Settings settings, EngineCounters counters, IterationLog log) {
        this.log = log;
        this.settings = settings;
        this.counters = counters;
        LlamaModel.setLogger(null, (level, message) -> {
            if (level == LogLevel.ERROR) {
                System.err.print(message);
            }
        });
        model = new LlamaModel(new ModelParameters()
                .setModel(settings.model().toString())
                .setParallel(settings.slots())
                .setCtxSize(settings.kvCapacityTokens())
                .setThreads(settings.threads())
                .setThreadsBatch(settings.threads())
                .setBatchSize(2048)
                .setUbatchSize(512)
                .enableFlashAttn()
                .disableLog());
        Thread thread = new Thread(this::run, "engine");
        thread.setDaemon(true);
        thread.start();
    }

    public Settings settings() {
        return settings;
    }

    /** Tokens of a text. */
    public int tokens(String text) {
        return model.encode(text).length + 1;
    }

    /**
     * Starts a sequence as soon as a slot is free.
     *
     * @throws IllegalArgumentException if prompt and output do not fit into a slot
     */
    public int start(String prompt, int maxTokens, Sink sink) {
        Checks.inRange("max_tokens", maxTokens, 1, settings.contextTokensPerSlot());
        int promptTokens = tokens(prompt);
        Checks.inRange("prompt + max_tokens", promptTokens + maxTokens, 1, settings.contextTokensPerSlot());
        counters.arrived();
        Sequence sequence = new Sequence(prompt, promptTokens, maxTokens, sink);
        synchronized (waiting) {
            if (inSlots < settings.slots()) {
                begin(sequence);
            } else {
                waiting.add(sequence);
            }
        }
        return promptTokens;
    }

    /** Hands a sequence to the engine at once, so that its next iteration has it. Holds the lock of {@link #waiting}. */
    private void begin(Sequence sequence) {
        inSlots++;
        counters.started(sequence.promptTokens);
        sequence.results = model.generate(new InferenceParameters(sequence.prompt)
                        .setNPredict(sequence.maxTokens)
                        .setIgnoreEos(true)
                        .setCachePrompt(false)
                        .setTopK(40)
                        .setSeed(sequence.promptTokens))
                .iterator();
        begun.add(sequence);
    }

    private void run() {
        try {
            while (true) {
                if (active.isEmpty()) {
                    active.add(begun.take());
                }
                begun.drainTo(active);
                round();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fatal) {
            // The native side is in an unknown state; the router starts another process.
            fatal.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /**
     * Takes one token from every sequence, the newest last. One whose first token comes late has joined an iteration after that
     * of the others, and so have those behind it: the next round passes them over. So nothing lies unread when a round begins to
     * wait. Where processors are shared lateness may deceive; then the wait spins, and {@link #catchUp()} sets it right.
     */
    private void round() {
        long start = System.nanoTime();
        readNanos = start;
        spun = false;
        boolean first = true;
        boolean ahead = false;
        for (Sequence sequence : List.copyOf(active)) {
            if (sequence.passOver) {
                sequence.passOver = false;
            } else {
                boolean joins = sequence.produced == 0 && !first;
                ahead |= take(sequence) && joins;
                sequence.passOver = ahead;
                first = false;
            }
        }
        if (spun) {
            catchUp();
        }
        long end = System.nanoTime();
        iterationNanos += SMOOTHING * (end - start - iterationNanos);
        counters.iterated();
        if (active.isEmpty()) {
            log.idle();
        }
    }

    /** Takes one more from every sequence, the oldest first, up to one that had nothing left: the next round passes it over. */
    private void catchUp() {
        for (int count = active.size(); count > 0 && !active.isEmpty(); count--) {
            Sequence sequence = active.get(searched++ % active.size());
            sequence.passOver = take(sequence);
            if (sequence.passOver) {
                return;
            }
        }
    }

    /** Takes one token; returns true if that took a good part of an iteration. */
    private boolean take(Sequence sequence) {
        long before = readNanos;
        if (!step(sequence)) {
            active.remove(sequence);
        }
        return late(readNanos - before);
    }

    private boolean late(long nanos) {
        return nanos > LATE_SHARE * iterationNanos;
    }

    /** Returns false if the sequence has ended. */
    private boolean step(Sequence sequence) {
        LlamaIterator results = sequence.results;
        if (results == null || !results.hasNext()) {
            return end(sequence, true);
        }
        long computedNanos = THREADS.getCurrentThreadCpuTime();
        LlamaOutput output = results.next();
        long now = System.nanoTime();
        counters.token(sequence.produced == 0 ? Double.NaN : (now - sequence.lastNanos) * 1e-9);
        if (late(now - readNanos)) {
            log.iteration();
            spun |= THREADS.getCurrentThreadCpuTime() - computedNanos > SPIN_SHARE * (now - readNanos);
        }
        readNanos = now;
        log.token(sequence.produced == 0 ? sequence.promptTokens : 0, sequence.promptTokens + sequence.produced, now);
        sequence.lastNanos = now;
        sequence.produced++;
        boolean wanted = sequence.sink.token(output.text);
        if (sequence.produced == sequence.maxTokens && results.hasNext()) {
            // What says that it is over lies there already.
            results.next();
        }
        if (!wanted && results.hasNext()) {
            results.cancel();
            return end(sequence, false);
        }
        return results.hasNext() || end(sequence, true);
    }

    private boolean end(Sequence sequence, boolean complete) {
        counters.ended(sequence.promptTokens + sequence.produced);
        synchronized (waiting) {
            inSlots--;
            Sequence next = waiting.poll();
            if (next != null) {
                begin(next);
            }
        }
        if (complete) {
            sequence.sink.done();
        }
        return false;
    }
}
