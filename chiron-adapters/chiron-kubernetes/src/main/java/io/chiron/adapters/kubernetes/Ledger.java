package io.chiron.adapters.kubernetes;

import io.chiron.api.Action;
import io.chiron.api.Pool;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was asked of a workload: the count that is wanted, and which launches and retirements it already holds. Immutable.
 *
 * <p>The pods of a workload are made from one template and cannot carry a launch id each. So the ids are kept beside the
 * count, and both change in one write with a precondition; the workload is then scaled to the count. Whoever comes after a
 * crash in between finds {@code before} at the workload and finishes, or {@code wanted} and has nothing to do. Any third
 * count is somebody else's, who is followed.
 *
 * @param uid of the workload that it is about; another one of the same name starts anew
 * @param before the count before the last change, equal to {@code wanted} once that is known to be done
 * @param wanted the count that is asked for
 * @param launches applied launches, oldest first
 * @param retired names of pods whose retirement is in {@code wanted}
 */
record Ledger(String uid, int before, int wanted, List<Applied> launches, Set<String> retired) {
    /** Older launches are forgotten: the core stops asking for one long before so many have followed it. */
    private static final int MOST_LAUNCHES = 1000;

    /**
     * A launch that was applied.
     *
     * @param pod the pod that came of it; empty until one has
     */
    record Applied(String id, Pool pool, Instant at, String pod) {
        boolean open() {
            return pod.isEmpty();
        }
    }

    Ledger {
        launches = List.copyOf(launches.subList(Math.max(0, launches.size() - MOST_LAUNCHES), launches.size()));
        retired = Set.copyOf(retired);
    }

    /** The ledger of a workload that nobody has scaled yet. */
    static Ledger of(String uid, int replicas) {
        return new Ledger(uid, replicas, replicas, List.of(), Set.of());
    }

    boolean settled() {
        return before == wanted;
    }

    /** With the last change done. */
    Ledger settle() {
        return new Ledger(uid, wanted, wanted, launches, retired);
    }

    /** With somebody else's count. */
    Ledger follow(int replicas) {
        return new Ledger(uid, replicas, replicas, launches, retired);
    }

    /** With one more launch; the same if it was applied before. */
    Ledger launch(Action.Launch launch, Instant now) {
        for (Applied applied : launches) {
            if (applied.id().equals(launch.launchId())) {
                return this;
            }
        }
        List<Applied> more = new ArrayList<>(launches);
        more.add(new Applied(launch.launchId(), launch.pool(), now, ""));
        return new Ledger(uid, before, wanted + 1, more, retired);
    }

    /** Without one pod; the same if that was applied before. */
    Ledger retire(String pod) {
        if (retired.contains(pod)) {
            return this;
        }
        Set<String> more = new TreeSet<>(retired);
        more.add(pod);
        return new Ledger(uid, before, Math.max(0, wanted - 1), launches, more);
    }

    /** With the launches that pods say they came of, and without the retired pods that are gone. */
    Ledger seen(Map<String, String> podByLaunch, Collection<String> pods) {
        List<Applied> next = launches.stream()
                .map(each ->
                        new Applied(each.id(), each.pool(), each.at(), podByLaunch.getOrDefault(each.id(), each.pod())))
                .toList();
        Set<String> left = new TreeSet<>(retired);
        left.retainAll(pods);
        return new Ledger(uid, before, wanted, next, left);
    }

    /** Launches that no pod has come of, made after {@code since}, oldest first. */
    List<Applied> open(Instant since) {
        return launches.stream()
                .filter(each -> each.open() && each.at().isAfter(since))
                .toList();
    }

    /** As the data of a ConfigMap. */
    Map<String, String> toData() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("uid", uid);
        data.put("before", Integer.toString(before));
        data.put("wanted", Integer.toString(wanted));
        StringBuilder lines = new StringBuilder();
        for (Applied each : launches) {
            lines.append(URLEncoder.encode(each.id(), StandardCharsets.UTF_8))
                    .append(' ')
                    .append(each.pool())
                    .append(' ')
                    .append(each.at())
                    .append(' ')
                    .append(each.pod())
                    .append('\n');
        }
        data.put("launches", lines.toString());
        data.put("retired", String.join("\n", new TreeSet<>(retired)));
        return data;
    }

    /**
     * The ledger in the data of a ConfigMap.
     *
     * @throws IllegalArgumentException if somebody has edited it beyond recognition
     */
    static Ledger fromData(Map<String, String> data) {
        try {
            List<Applied> launches = new ArrayList<>();
            for (String line : lines(data.getOrDefault("launches", ""))) {
                String[] words = line.split(" ", 4);
                launches.add(new Applied(
                        URLDecoder.decode(words[0], StandardCharsets.UTF_8),
                        Pool.valueOf(words[1]),
                        Instant.parse(words[2]),
                        words.length > 3 ? words[3].strip() : ""));
            }
            return new Ledger(
                    data.getOrDefault("uid", ""),
                    Integer.parseInt(data.getOrDefault("before", "")),
                    Integer.parseInt(data.getOrDefault("wanted", "")),
                    launches,
                    Set.copyOf(lines(data.getOrDefault("retired", ""))));
        } catch (RuntimeException broken) {
            throw new IllegalArgumentException("not a ledger: " + broken.getMessage(), broken);
        }
    }

    private static List<String> lines(String text) {
        return Arrays.stream(text.split("\n")).filter(line -> !line.isBlank()).toList();
    }
}
