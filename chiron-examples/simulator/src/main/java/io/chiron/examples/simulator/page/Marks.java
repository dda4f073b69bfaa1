package io.chiron.examples.simulator.page;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.examples.simulator.run.SimClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of a run in bounded memory. Each kind has a lane; decisions of one tick with the same code and pool are one
 * mark, held ones in a row with the same code are one span. A lane that is full joins what lies within 1 s, 2 s, 4 s and so
 * on.
 */
final class Marks {
    /** Most marks of a lane. */
    static final int LANE = 400;

    private static final int NAMES = 8;

    private final Map<String, Lane> lanes = new TreeMap<>();

    /** Decisions of the same kind, code and pool; numbers and alternative are those of the first. */
    static final class Mark {
        final String what;
        final boolean held;
        final @Nullable Pool pool;
        final Reason reason;
        final double fromSeconds;
        double untilSeconds;
        long count = 1;
        final List<String> instances = new ArrayList<>();

        Mark(Decision decision) {
            Action action = decision.action();
            what = decision.what();
            held = decision.isHeld();
            reason = decision.reason();
            fromSeconds = SimClock.seconds(decision.time());
            untilSeconds = fromSeconds;
            pool = action instanceof Action.Launch launch
                    ? launch.pool()
                    : action instanceof Action.Reassign reassign ? reassign.pool() : null;
            if (action instanceof Action.OnInstance on) {
                instances.add(on.instance());
            } else if (action instanceof Action.Launch launch) {
                instances.add(launch.launchId());
            }
        }

        boolean isLike(Mark other) {
            return reason.code() == other.reason.code() && Objects.equals(pool, other.pool);
        }

        void join(Mark later) {
            untilSeconds = later.untilSeconds;
            count += later.count;
            for (String name : later.instances) {
                if (instances.size() < NAMES && !instances.contains(name)) {
                    instances.add(name);
                }
            }
        }
    }

    /** Marks of one kind, in order of time. */
    private static final class Lane {
        private List<Mark> marks = new ArrayList<>();
        private double joinSeconds;

        void add(Mark mark) {
            place(marks, mark);
            while (marks.size() > LANE) {
                joinSeconds = Math.max(1, 2 * joinSeconds);
                List<Mark> fewer = new ArrayList<>();
                marks.forEach(each -> place(fewer, each));
                marks = fewer;
            }
        }

        private void place(List<Mark> into, Mark mark) {
            for (int i = into.size() - 1; i >= 0; i--) {
                Mark earlier = into.get(i);
                boolean near = mark.fromSeconds - earlier.fromSeconds <= joinSeconds;
                boolean next = mark.held && i == into.size() - 1;
                if ((near || next) && earlier.isLike(mark)) {
                    earlier.join(mark);
                    return;
                }
                if (!near) {
                    break;
                }
            }
            into.add(mark);
        }
    }

    void add(Decision decision) {
        String key = decision.what() + (decision.isHeld() ? " held" : "");
        lanes.computeIfAbsent(key, name -> new Lane()).add(new Mark(decision));
    }

    /** All of them, lane by lane. */
    List<Mark> all() {
        return lanes.values().stream()
                .map(lane -> lane.marks)
                .flatMap(Collection::stream)
                .toList();
    }
}
