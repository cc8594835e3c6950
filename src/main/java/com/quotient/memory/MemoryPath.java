package com.quotient.memory;

import com.quotient.http.Routes;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The path of a folder or a document.
 *
 * @param names the names from the root down; empty for the root
 * @param asFolder whether it was written with a trailing slash
 */
record MemoryPath(List<String> names, boolean asFolder) {
    /** Reserved at the top level for the search endpoint. */
    private static final String RESERVED = "search";

    private static final String SLASH = "/";
    private static final int MAX_LENGTH = 1024;

    /** The maximum that an index entry can hold. */
    private static final int MAX_BYTES = 2048;

    /** Maximum depth; answers nest as deep as folders do. */
    private static final int MAX_DEPTH = 100;

    /**
     * Parses the part of a URL after {@code /memory}. Each segment is percent-decoded; doubled slashes are accepted,
     * and so is a path that was encoded as a whole.
     *
     * @throws ProblemException 400 for an invalid path
     */
    static MemoryPath parse(String encoded) {
        List<String> parts = parts(encoded).stream().map(Routes::decode).toList();
        boolean whole = parts.size() == 1;
        boolean asFolder = encoded.endsWith(SLASH) || whole && parts.get(0).endsWith(SLASH);
        MemoryPath path = new MemoryPath(whole ? parts(parts.get(0)) : parts, asFolder);
        path.check();
        return path;
    }

    /** The path of a stored item, as it is shown. */
    static MemoryPath of(String path) {
        return new MemoryPath(parts(path), path.endsWith(SLASH));
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    /** The last name; not for the root. */
    String name() {
        return names.get(names.size() - 1);
    }

    /** The path of the parent folder; not for the root. */
    String folder() {
        return folder(names.size() - 1);
    }

    /** The path in the form for documents. */
    String document() {
        return folder() + name();
    }

    /** The path in the form for folders. */
    String children() {
        return folder(names.size());
    }

    /** The parent folders from the top, without the root. */
    List<MemoryPath> ancestors() {
        List<MemoryPath> ancestors = new ArrayList<>();
        for (int depth = 1; depth < names.size(); depth++) {
            ancestors.add(new MemoryPath(names.subList(0, depth), true));
        }
        return ancestors;
    }

    private String folder(int depth) {
        return depth == 0 ? SLASH : SLASH + String.join(SLASH, names.subList(0, depth)) + SLASH;
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split(SLASH)).filter(part -> !part.isEmpty()).toList();
    }

    private void check() {
        for (String name : names) {
            if (name.contains(SLASH)) {
                throw refused("A name cannot contain a slash; encode the path as a whole or each name by itself.");
            }
            if (name.equals(".") || name.equals("..")) {
                throw refused("The names . and .. are not allowed; write the path out.");
            }
            if (name.chars().anyMatch(Character::isISOControl)) {
                throw refused("A name cannot contain control characters.");
            }
        }
        if (isRoot()) {
            return;
        }
        if (names.get(0).equals(RESERVED)) {
            throw refused("/search is reserved: search with GET or POST /memory/search, or choose another name.");
        }
        if (document().length() > MAX_LENGTH
                || document().getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                || names.size() > MAX_DEPTH) {
            throw refused("A path has at most " + MAX_LENGTH + " characters, " + MAX_BYTES + " bytes and " + MAX_DEPTH
                    + " names.");
        }
    }

    private static ProblemException refused(String message) {
        return Problem.invalid("path", message).exception();
    }
}
