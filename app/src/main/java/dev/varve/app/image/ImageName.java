package dev.varve.app.image;

import java.util.Optional;
import java.util.regex.Pattern;

import dev.varve.domain.digest.Digest;

/**
 * The name of an image, {@code repository:tag}, in the grammar of distribution's {@code reference} package. The tag
 * {@code latest} may be left out, and {@code docker.io/} and {@code docker.io/library/} are: {@code debian},
 * {@code debian:latest} and {@code docker.io/library/debian} are one name, shown as {@code debian:latest}.
 *
 * <p>
 * The {@code org.opencontainers.image.ref.name} of an OCI layout is read as such a name too, so what
 * {@code skopeo copy … oci:dir:small} wrote is {@code small:latest}. The specification lets it be any text; one that is
 * no name gives none.
 */
record ImageName(String repository, String tag) {
    private static final int MAX_REPOSITORY = 255;
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+");
    private static final Pattern HOST = Pattern.compile(
            "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)*+"
                    + "|\\[[a-fA-F0-9:]++\\])(?::[0-9]{1,5})?");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException if the text is not a name; the message says why */
    static ImageName parse(String text) {
        if (text.contains("@")) {
            throw new IllegalArgumentException("a name holds no digest");
        }
        int colon = text.lastIndexOf(':');
        boolean tagged = colon > text.lastIndexOf('/');
        String tag = tagged ? text.substring(colon + 1) : "latest";
        if (!TAG.matcher(tag).matches()) {
            throw new IllegalArgumentException("a tag has 1 to 128 letters, digits, \"_\", \".\" and \"-\","
                    + " the first a letter, digit or \"_\"");
        }
        return new ImageName(familiar(checked(tagged ? text.substring(0, colon) : text)), tag);
    }

    /** The name, or empty if the text is not one. */
    static Optional<ImageName> find(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The digest that the text is; empty if it is not one. */
    static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String checked(String repository) {
        if (repository.isEmpty() || repository.length() > MAX_REPOSITORY) {
            throw new IllegalArgumentException("it has 1 to " + MAX_REPOSITORY + " characters before the tag");
        }
        if (HEX.matcher(repository).matches()) {
            throw new IllegalArgumentException("64 hexadecimal digits are a digest");
        }
        String[] parts = repository.split("/", -1);
        boolean host = parts.length > 1 && isHost(parts[0]);
        if (host && !HOST.matcher(parts[0]).matches()) {
            throw new IllegalArgumentException("what comes before the first \"/\" is not a host");
        }
        for (int i = host ? 1 : 0; i < parts.length; i++) {
            if (!COMPONENT.matcher(parts[i]).matches()) {
                throw new IllegalArgumentException("its components are lower-case letters and digits,"
                        + " separated by \".\", \"_\", \"__\" or \"-\"");
            }
        }
        return repository;
    }

    /** As distribution tells hosts from the first components of paths (reference/normalize.go, splitDockerDomain). */
    private static boolean isHost(String first) {
        return first.contains(".") || first.contains(":") || first.equals("localhost")
                || first.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
    }

    private static String familiar(String repository) {
        for (String hub : new String[]{"docker.io/", "index.docker.io/"}) {
            if (repository.startsWith(hub)) {
                String path = repository.substring(hub.length());
                String official = path.startsWith("library/") ? path.substring("library/".length()) : path;
                String shorter = official.contains("/") ? path : official;
                int slash = shorter.indexOf('/');
                return slash >= 0 && isHost(shorter.substring(0, slash)) ? repository : shorter;
            }
        }
        return repository;
    }

    /** The whole name, with the registry that it means. */
    String canonical() {
        int slash = repository.indexOf('/');
        String host = slash >= 0 && isHost(repository.substring(0, slash)) ? ""
                : slash < 0 ? "docker.io/library/" : "docker.io/";
        return host + this;
    }

    @Override
    public String toString() {
        return repository + ":" + tag;
    }
}
