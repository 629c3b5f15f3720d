package dev.varve.adapter.overlay;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.varve.domain.error.InvalidOptionException;

/**
 * What a user may set.
 *
 * @param mountApi {@code mount_api=fd|string|legacy}, instead of the best that the kernel has
 * @param strategy {@code strategy=layers|hardlink}, what committed layers are from now on
 */
record OverlayOptions(Optional<MountApi> mountApi, Strategy strategy) {
    /** @throws InvalidOptionException if there is no such option, or none of this value */
    static OverlayOptions parse(Map<String, String> options) throws InvalidOptionException {
        Map<String, String> left = new TreeMap<>(options);
        Optional<MountApi> api = choice(left, "mount_api", MountApi.values(), MountApi::option);
        Strategy strategy = choice(left, "strategy", Strategy.values(), Strategy::option).orElse(Strategy.LAYERS);
        if (!left.isEmpty()) {
            throw new InvalidOptionException(
                    "the overlay driver has no option overlay." + left.keySet().iterator().next(),
                    "it knows mount_api and strategy");
        }
        return new OverlayOptions(api, strategy);
    }

    private static <T> Optional<T> choice(Map<String, String> left, String key, T[] choices, Function<T, String> name)
            throws InvalidOptionException {
        String value = left.remove(key);
        if (value == null) {
            return Optional.empty();
        }
        for (T choice : choices) {
            if (name.apply(choice).equals(value)) {
                return Optional.of(choice);
            }
        }
        throw new InvalidOptionException("overlay." + key + " cannot be " + value,
                "it is one of " + Arrays.stream(choices).map(name).collect(Collectors.joining(", ")));
    }
}
