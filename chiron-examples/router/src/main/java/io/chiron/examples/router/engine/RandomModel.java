package io.chiron.examples.router.engine;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes a small model of the {@code llama} architecture with random weights as a GGUF file: nonsense to read, but an engine
 * works as hard for it as for any other of its shape.
 *
 * <p>Of a shape at which throughput grows with the batch, as it does on an accelerator: at width 256 and above llama.cpp
 * multiplies matrices of eight columns and more in tiles, and one sequence alone leaves most of a core's speed unused.
 */
public final class RandomModel {
    private static final int VERSION = 3;
    private static final int ALIGNMENT_BYTES = 32;
    private static final int F32 = 0;
    /** Kinds of metadata values. */
    private static final int UINT32 = 4;

    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    /** Kinds of tokens. */
    private static final int NORMAL = 1;

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private static final int BYTE_TOKENS = 256;
    private static final int SPECIAL_TOKENS = 3;
    private static final String SPACE = "\u2581";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String OTHERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!-'";

    /**
     * The size of a model.
     *
     * @param layers [1, 512]
     * @param width of the embedding; a multiple of 32
     * @param feedForward inner width of the feed-forward part; a multiple of 32
     */
    public record Shape(int layers, int width, int feedForward) {
        /** 24 layers of width 256: 84 MB. */
        public static final Shape WIDE = new Shape(24, 256, 768);
        /** For tests: loads in a moment. */
        public static final Shape TINY = new Shape(2, 64, 64);
    }

    private record Tensor(String name, List<Long> dimensions, boolean norm) {
        long elements() {
            long product = 1;
            for (long dimension : dimensions) {
                product *= dimension;
            }
            return product;
        }
    }

    private record Token(String text, float score, int kind) {}

    private RandomModel() {}

    /** Writes the model unless the file is there; complete or not at all, also when two processes do it. */
    public static void writeIfAbsent(Path file, Shape shape) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path partial = Files.createTempFile(folder, "model", ".partial");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 20)) {
                write(out, shape);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void write(OutputStream out, Shape shape) throws IOException {
        List<Token> vocabulary = vocabulary();
        List<Tensor> tensors = tensors(shape, vocabulary.size());
        byte[] header = header(shape, vocabulary, tensors);
        out.write(header);
        pad(out, header.length);
        Random random = new Random(1);
        for (Tensor tensor : tensors) {
            // The rows of special and byte tokens stay zero: with a top-k filter they are never sampled, so that every
            // iteration yields one piece of text per sequence, and none ends by itself.
            long zeros = tensor.name().equals("output.weight")
                    ? (SPECIAL_TOKENS + BYTE_TOKENS) * tensor.dimensions().get(0)
                    : 0;
            double scale = 1.7 / Math.sqrt(tensor.dimensions().get(0));
            long elements = tensor.elements();
            for (long i = 0; i < elements; i++) {
                double weight = tensor.norm() ? 1 : i < zeros ? 0 : (random.nextFloat() * 2 - 1) * scale;
                writeInt(out, Float.floatToIntBits((float) weight));
            }
            pad(out, elements * Float.BYTES);
        }
    }

    /** Special tokens, all bytes to fall back on, characters, and pairs of letters. */
    private static List<Token> vocabulary() {
        List<Token> tokens = new ArrayList<>();
        tokens.add(new Token("<unk>", 0, UNKNOWN));
        tokens.add(new Token("<s>", 0, CONTROL));
        tokens.add(new Token("</s>", 0, CONTROL));
        for (int value = 0; value < BYTE_TOKENS; value++) {
            tokens.add(new Token(String.format("<0x%02X>", value), 0, BYTE));
        }
        (SPACE + LETTERS + OTHERS)
                .chars()
                .forEach(character -> tokens.add(new Token(Character.toString(character), -1000, NORMAL)));
        (SPACE + LETTERS).chars().forEach(first -> LETTERS.chars()
                .forEach(second -> tokens.add(
                        new Token(Character.toString(first) + Character.toString(second), -tokens.size(), NORMAL))));
        return tokens;
    }

    private static List<Tensor> tensors(Shape shape, long vocabulary) {
        long width = shape.width();
        List<Long> square = List.of(width, width);
        List<Long> vector = List.of(width);
        long inner = shape.feedForward();
        List<Long> up = List.of(width, inner);
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new Tensor("token_embd.weight", List.of(width, vocabulary), false));
        tensors.add(new Tensor("output_norm.weight", vector, true));
        tensors.add(new Tensor("output.weight", List.of(width, vocabulary), false));
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            tensors.add(new Tensor(prefix + "attn_norm.weight", vector, true));
            for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
                tensors.add(new Tensor(prefix + name + ".weight", square, false));
            }
            tensors.add(new Tensor(prefix + "ffn_norm.weight", vector, true));
            tensors.add(new Tensor(prefix + "ffn_gate.weight", up, false));
            tensors.add(new Tensor(prefix + "ffn_up.weight", up, false));
            tensors.add(new Tensor(prefix + "ffn_down.weight", List.of(inner, width), false));
        }
        return tensors;
    }

    private static byte[] header(Shape shape, List<Token> vocabulary, List<Tensor> tensors) throws IOException {
        Metadata metadata = new Metadata();
        metadata.text("general.architecture", "llama");
        metadata.text("general.name", "random");
        metadata.number("llama.block_count", shape.layers());
        metadata.number("llama.context_length", 8192);
        metadata.number("llama.embedding_length", shape.width());
        metadata.number("llama.feed_forward_length", shape.feedForward());
        metadata.number("llama.attention.head_count", 1);
        metadata.number("llama.attention.head_count_kv", 1);
        metadata.fraction("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        metadata.number("llama.rope.dimension_count", shape.width());
        metadata.number("llama.vocab_size", vocabulary.size());
        metadata.text("tokenizer.ggml.model", "llama");
        metadata.array("tokenizer.ggml.tokens", STRING, vocabulary.size());
        for (Token token : vocabulary) {
            writeText(metadata.out, token.text());
        }
        metadata.array("tokenizer.ggml.scores", FLOAT32, vocabulary.size());
        for (Token token : vocabulary) {
            writeInt(metadata.out, Float.floatToIntBits(token.score()));
        }
        metadata.array("tokenizer.ggml.token_type", INT32, vocabulary.size());
        for (Token token : vocabulary) {
            writeInt(metadata.out, token.kind());
        }
        metadata.number("tokenizer.ggml.unknown_token_id", 0);
        metadata.number("tokenizer.ggml.bos_token_id", 1);
        metadata.number("tokenizer.ggml.eos_token_id", 2);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
        writeInt(out, VERSION);
        writeLong(out, tensors.size());
        writeLong(out, metadata.count);
        metadata.out.writeTo(out);
        long offset = 0;
        for (Tensor tensor : tensors) {
            writeText(out, tensor.name());
            writeInt(out, tensor.dimensions().size());
            for (long dimension : tensor.dimensions()) {
                writeLong(out, dimension);
            }
            writeInt(out, F32);
            writeLong(out, offset);
            offset += aligned(tensor.elements() * Float.BYTES);
        }
        return out.toByteArray();
    }

    /** The key-value pairs of the header. */
    private static final class Metadata {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        long count;

        void text(String key, String value) throws IOException {
            key(key, STRING);
            writeText(out, value);
        }

        void number(String key, int value) throws IOException {
            key(key, UINT32);
            writeInt(out, value);
        }

        void fraction(String key, float value) throws IOException {
            key(key, FLOAT32);
            writeInt(out, Float.floatToIntBits(value));
        }

        /** The elements follow. */
        void array(String key, int kind, int length) throws IOException {
            key(key, ARRAY);
            writeInt(out, kind);
            writeLong(out, length);
        }

        private void key(String key, int kind) throws IOException {
            writeText(out, key);
            writeInt(out, kind);
            count++;
        }
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    }

    private static void pad(OutputStream out, long written) throws IOException {
        out.write(new byte[(int) (aligned(written) - written)]);
    }

    private static void writeText(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeLong(out, bytes.length);
        out.write(bytes);
    }

    private static void writeInt(OutputStream out, int value) throws IOException {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }

    private static void writeLong(OutputStream out, long value) throws IOException {
        writeInt(out, (int) value);
        writeInt(out, (int) (value >>> Integer.SIZE));
    }
}
