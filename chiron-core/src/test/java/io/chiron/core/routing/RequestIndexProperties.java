package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.RoutedRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RequestIndexProperties {

    /** Ids of a small set, half of them with equal hash codes: added where absent, else removed. */
    @Property
    void behavesLikeAMap(@ForAll @Size(max = 300) List<@IntRange(max = 199) Integer> ids) {
        RequestIndex index = new RequestIndex();
        Map<String, Tracked> model = new HashMap<>();
        for (int number : ids) {
            String id = number % 2 == 0 ? sameHash(number / 2) : "r" + number;
            Tracked known = model.remove(id);
            assertThat(index.get(id)).isSameAs(known);
            if (known != null) {
                index.remove(known);
            } else {
                Tracked request =
                        new Tracked(new RoutedRequest(id, "batch", 1, Instant.EPOCH, Instant.EPOCH), 1, number);
                index.add(request);
                model.put(id, request);
            }
            assertThat(index.size()).isEqualTo(model.size());
        }
        for (int number = 0; number < 200; number++) {
            String id = number % 2 == 0 ? sameHash(number / 2) : "r" + number;
            assertThat(index.get(id)).isSameAs(model.get(id));
        }
    }

    /** "Aa" and "BB" have the same hash code, and so have texts made of them in any order. */
    private static String sameHash(int number) {
        StringBuilder id = new StringBuilder();
        for (int bit = 0; bit < 7; bit++) {
            id.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return id.toString();
    }
}
