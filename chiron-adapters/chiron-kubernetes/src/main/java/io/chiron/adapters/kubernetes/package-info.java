/**
 * Fleets on Kubernetes: an instance is a pod of one Deployment, StatefulSet or LeaderWorkerSet, or a group of pods of the
 * last. {@link io.chiron.adapters.kubernetes.PodInstances} lists them, {@link
 * io.chiron.adapters.kubernetes.KubernetesActuator} launches and retires through the scale subresource and marks pools and
 * drains as labels that a router selects on, {@link io.chiron.adapters.kubernetes.Leadership} lets one of several replicas
 * act.
 *
 * <p>Everything is asked for again each time, nothing is watched: a list of some hundred pods every few seconds costs an API
 * server little, and there is no watch that could drop, no cache that could be behind, no state that a restart would lose. A
 * list that fails leaves the last snapshot to grow old, which the core knows how to hold on.
 */
@NullMarked
package io.chiron.adapters.kubernetes;

import org.jspecify.annotations.NullMarked;
