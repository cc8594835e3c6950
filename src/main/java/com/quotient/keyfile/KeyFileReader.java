package com.quotient.keyfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.config.Durations;
import com.quotient.http.Members;
import com.quotient.keyfile.KeyFile.Entry;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem.Issue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads key files, in YAML or JSON. A name that is not known is refused: a misspelt one might drop a restriction. */
public final class KeyFileReader {
    /** Maximum bytes of a file. */
    public static final int MAX_BYTES = 1 << 20;

    /** A run holds up changes of all other keys while it writes, so it is short. */
    private static final int MAX_KEYS = 200;

    private static final int MAX_SECRET_BYTES = 1024;
    private static final int MAX_TEXT = 2000;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ISSUES = 20;
    private static final int USUAL_REVOCATIONS = 10;
    private static final Duration USUAL_OVERLAP = Duration.ofDays(1);
    private static final Duration MAX_OVERLAP = Duration.ofDays(90);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private static final Set<String> MEMBERS =
            Set.of("name", "business", "generation", "keys", "rotationOverlap", "prune", "maxRevocations");
    private static final Set<String> KEY_MEMBERS = Set.of(
            "name",
            "id",
            "type",
            "description",
            "scopes",
            "allowedOrigins",
            "allowMissingOrigin",
            "allowedIps",
            "rateLimit",
            "expiresAt",
            "key",
            "keyFile",
            "hash",
            "prefix",
            "suffix");
    /** The words that remove what has no empty value. */
    private static final Map<String, String> NONE = Map.of("expiresAt", "never", "rateLimit", "none");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path directory;

    /** {@code directory} is where relative paths of secrets begin. Reading may block. */
    public KeyFileReader(Path directory) {
        this.directory = directory;
    }

    /** Reads a file. Fails with {@link KeyFileRefused}; the message never shows a secret. */
    public KeyFile read(byte[] content) {
        if (content.length > MAX_BYTES) {
            throw new KeyFileRefused("A key file has at most " + MAX_BYTES + " bytes; split it into several.");
        }
        ObjectNode object = parsed(content);
        Members file = new Members(object);
        refuseUnknown(file, object, MEMBERS);
        String name = file.requiredText("name", MAX_TEXT);
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            file.fault("name", "must have 1 to 100 letters, digits, dots, _ or -.");
        }
        refuseNull(file, "keys");
        Boolean prune = file.flag("prune");
        Long generation = file.integer("generation", 0, Long.MAX_VALUE);
        if (prune != null && !follows(object, "prune", "keys")) {
            file.fault("prune", "must come after keys, so that a file that is cut short revokes nothing.");
        }
        if (Boolean.TRUE.equals(prune) && generation == null) {
            file.fault("prune", "needs a generation, so that an older file does not revoke newer keys.");
        }
        Long maxRevocations = file.integer("maxRevocations", 0, MAX_KEYS);
        List<Members> described = file.objects("keys", 0, MAX_KEYS);
        List<Entry> keys = described == null ? null : entries(described, object.get("keys"));
        KeyFile read = new KeyFile(
                name,
                file.text("business", MAX_TEXT),
                generation,
                keys,
                overlap(file),
                Boolean.TRUE.equals(prune),
                maxRevocations == null ? USUAL_REVOCATIONS : maxRevocations.intValue(),
                digest(content));
        check(file);
        return read;
    }

    private static ObjectNode parsed(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        JsonNode root = text.stripLeading().startsWith("{") ? json(text) : yaml(text);
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new KeyFileRefused("The file is empty or no object; it begins with name: and keys:.");
    }

    /** The messages of the parsers may show what is written in the file, so they are not used. */
    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new KeyFileRefused(
                    "The file is not valid JSON at line " + e.getLocation().getLineNr() + ".");
        }
    }

    private static JsonNode yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_BYTES);
        DumperOptions unused = new DumperOptions();
        try {
            return JSON.valueToTree(new Yaml(
                            new SafeConstructor(options), new Representer(unused), unused, options, new TimesAreTexts())
                    .load(text));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            throw new KeyFileRefused(
                    "The file is not valid YAML" + (mark == null ? "." : " at line " + (mark.getLine() + 1) + "."));
        } catch (YAMLException | IllegalArgumentException e) {
            throw new KeyFileRefused("The file is not valid YAML, or too deep or too long.");
        }
    }

    /** Times are read in one place, as everywhere else. */
    private static final class TimesAreTexts extends Resolver {
        @Override
        public void addImplicitResolver(Tag tag, Pattern pattern, String first, int limit) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first, limit);
            }
        }
    }

    private List<Entry> entries(List<Members> described, JsonNode nodes) {
        List<Entry> entries = new ArrayList<>();
        if (described.size() < nodes.size()) {
            // One that is no object is a fault already.
            return entries;
        }
        Set<String> names = new HashSet<>();
        Set<String> ids = new HashSet<>();
        Set<KeyHash> hashes = new HashSet<>();
        for (int i = 0; i < described.size(); i++) {
            Members key = described.get(i);
            ObjectNode node = (ObjectNode) nodes.get(i);
            refuseUnknown(key, node, KEY_MEMBERS);
            KEY_MEMBERS.forEach(member -> refuseNull(key, member));
            NONE.forEach((member, word) -> removed(node, member, word));
            Entry entry = entry(key);
            if (entry == null) {
                continue;
            }
            unique(names, entry.name(), key, "name", "is the name of another key of this file; each needs its own.");
            unique(ids, entry.id(), key, "id", "is the id of another key of this file.");
            KeyHash hash = entry.material() == null ? null : entry.material().hash();
            unique(hashes, hash, key, "name", "has the same secret as another key of this file.");
            entries.add(entry);
        }
        return entries;
    }

    private static <T> void unique(Set<T> seen, @Nullable T value, Members key, String name, String message) {
        if (value != null && !seen.add(value)) {
            key.fault(name, message);
        }
    }

    private @Nullable Entry entry(Members key) {
        String name = key.requiredText("name", MAX_TEXT);
        KeyTier tier = tier(key);
        KeyMaterial material = tier == null ? null : material(key, tier);
        Function<KeySpec, KeySpec> change = KeyMembers.of(key);
        if (name.isEmpty() || tier == null) {
            return null;
        }
        // The new key is read for its faults; they are in the members.
        KeySpec unused = change.apply(KeySpec.of(tier, "-"));
        return new Entry(name, key.text("id", MAX_TEXT), tier, material, spec -> {
            KeySpec changed = change.apply(spec);
            check(key);
            return changed;
        });
    }

    private static @Nullable KeyTier tier(Members key) {
        String type = key.requiredText("type", MAX_TEXT);
        if (type.isEmpty()) {
            return null;
        }
        try {
            return KeyTier.named(type);
        } catch (IllegalArgumentException e) {
            key.fault("type", "must be public or private.");
            return null;
        }
    }

    private @Nullable KeyMaterial material(Members key, KeyTier tier) {
        String inClear = key.text("key", MAX_TEXT);
        String file = key.text("keyFile", MAX_TEXT);
        String hash = key.text("hash", MAX_TEXT);
        if ((inClear == null ? 0 : 1) + (file == null ? 0 : 1) + (hash == null ? 0 : 1) > 1) {
            key.fault("name", "has more than one of key, keyFile and hash; write one.");
            return null;
        }
        if (hash != null) {
            try {
                return KeyMaterial.ofHash(hash, key.text("prefix", MAX_TEXT), key.text("suffix", MAX_TEXT));
            } catch (IllegalArgumentException e) {
                key.fault("hash", "is refused: " + e.getMessage());
                return null;
            }
        }
        if (inClear != null && tier == KeyTier.SECRET) {
            key.fault("key", "must not stand here for a private key: write its hash, or keyFile.");
            return null;
        }
        if (inClear != null) {
            return wellFormed(key, "key", inClear, tier);
        }
        return file == null ? null : wellFormed(key, "keyFile", secret(key, file), tier);
    }

    private static @Nullable KeyMaterial wellFormed(Members key, String member, @Nullable String text, KeyTier tier) {
        if (text == null) {
            return null;
        }
        if (KeyFormat.tier(text) != tier) {
            key.fault(
                    member,
                    "must hold a whole key that begins with " + tier.prefix()
                            + "_ and goes on with 20 to 40 letters, digits, _ or -.");
            return null;
        }
        return KeyMaterial.of(text);
    }

    private @Nullable String secret(Members key, String file) {
        try {
            Path path = directory.resolve(file);
            if (Files.isRegularFile(path)) {
                try (InputStream input = Files.newInputStream(path)) {
                    byte[] secret = input.readNBytes(MAX_SECRET_BYTES + 1);
                    if (secret.length <= MAX_SECRET_BYTES) {
                        return new String(secret, StandardCharsets.UTF_8).strip();
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // Reported below, together with files that are too long.
        }
        key.fault("keyFile", "cannot be read; name a file of at most " + MAX_SECRET_BYTES + " bytes.");
        return null;
    }

    private static Duration overlap(Members file) {
        String text = file.text("rotationOverlap", MAX_TEXT);
        if (text == null) {
            return USUAL_OVERLAP;
        }
        try {
            Duration overlap = Durations.parse(text);
            if (overlap.compareTo(MAX_OVERLAP) <= 0) {
                return overlap;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with those that are too long.
        }
        file.fault("rotationOverlap", "must be a time of at most " + MAX_OVERLAP.toDays() + "d, such as 24h or 7d.");
        return USUAL_OVERLAP;
    }

    private static void refuseUnknown(Members members, JsonNode object, Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                members.fault(
                        name,
                        "is not known here; known are "
                                + String.join(", ", known.stream().sorted().toList()) + ".");
            }
        });
    }

    /** A member that is cut off after its name is null, as is a variable that is not set. */
    private static void refuseNull(Members members, String name) {
        if (members.isNull(name)) {
            members.fault(name, "has no value; write one, or leave it out.");
        }
    }

    private static void removed(ObjectNode key, String member, String word) {
        if (key.path(member).asText().equals(word)) {
            key.putNull(member);
        }
    }

    private static boolean follows(ObjectNode object, String second, String first) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names.contains(first) && names.indexOf(first) < names.indexOf(second);
    }

    private static void check(Members members) {
        List<Issue> issues = members.issues();
        if (!issues.isEmpty()) {
            throw new KeyFileRefused(issues.stream()
                    .limit(MAX_ISSUES)
                    .map(issue -> issue.path() + " " + issue.message())
                    .collect(Collectors.joining(" ")));
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
