package io.chiron.core.routing;

import java.util.Arrays;

/**
 * The index of the least of n values that change one at a time: a tournament. A change and a reading take O(log n), equal
 * values go to the lower index. Guarded by the router's lock.
 */
final class MinTree {
    private final int leaves;
    /** Node k is the lesser of nodes 2k and 2k + 1; value i is node leaves + i. */
    private final double[] nodes;

    /** {@code size} values, all infinite. */
    MinTree(int size) {
        leaves = Math.max(1, Integer.highestOneBit(Math.max(1, 2 * size - 1)));
        nodes = new double[2 * leaves];
        Arrays.fill(nodes, Double.POSITIVE_INFINITY);
    }

    void set(int index, double value) {
        int node = leaves + index;
        double least = value;
        while (nodes[node] != least) {
            nodes[node] = least;
            if (node == 1) {
                return;
            }
            double other = nodes[node ^ 1];
            least = other < least ? other : least;
            node >>= 1;
        }
    }

    /** The least value; infinite if there is none. */
    double least() {
        return nodes[1];
    }

    /** The index of the least value; there must be a finite one. */
    int leastIndex() {
        int node = 1;
        while (node < leaves) {
            node = nodes[2 * node] == nodes[node] ? 2 * node : 2 * node + 1;
        }
        return node - leaves;
    }
}
