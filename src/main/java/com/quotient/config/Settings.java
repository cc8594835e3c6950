package com.quotient.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.problem.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings: the defaults of {@code conf/application.json}, then a file, then the environment; the last one takes
 * precedence. The setting {@code http.maxHeaderBytes} is {@code QUOTIENT_HTTP_MAX_HEADER_BYTES} in the environment. An
 * unknown name is an error that suggests the nearest known one.
 */
public final class Settings {
    private static final String ENVIRONMENT_PREFIX = "QUOTIENT_";
    private static final String DEFAULTS = "/conf/application.json";
    private static final Set<String> SECRETS = Set.of("database.url");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addDeserializer(Duration.class, new TextDeserializer<>(Durations::parse))
                    .addDeserializer(
                            MemorySize.class,
                            new TextDeserializer<>(text ->
                                    MemorySize.parse(text, Runtime.getRuntime().maxMemory()))))
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, JsonNode> values;

    private Settings(Map<String, JsonNode> values) {
        this.values = values;
    }

    /**
     * Reads the defaults and their overrides.
     *
     * @param file a JSON file of the same shape as the defaults, or null
     * @throws InvalidSetting for an unreadable file, an unknown name or a value of the wrong kind
     */
    public static Settings load(@Nullable Path file, Map<String, String> environment) {
        Settings settings = new Settings(new TreeMap<>());
        settings.addDefaults();
        if (file != null) {
            settings.addFile(file);
        }
        settings.addEnvironment(environment);
        return settings;
    }

    /** The settings without any override. */
    public static Settings defaults() {
        return load(null, Map.of());
    }

    /** These settings with one of them changed. */
    public Settings with(String name, String value) {
        Settings changed = new Settings(new TreeMap<>(values));
        changed.override(name, MAPPER.getNodeFactory().textNode(value), name);
        return changed;
    }

    public Config config() {
        ObjectNode tree = MAPPER.createObjectNode();
        values.forEach((name, value) -> tree.withObject(name.substring(0, name.indexOf('.')))
                .set(name.substring(name.indexOf('.') + 1), value));
        try {
            return MAPPER.treeToValue(tree, Config.class);
        } catch (JsonMappingException e) {
            throw invalid(e);
        } catch (JsonProcessingException e) {
            throw new InvalidSetting("The settings cannot be read: " + e.getOriginalMessage());
        }
    }

    /** The effective settings by name, fit for a log: secrets are masked. */
    public Map<String, Object> printable() {
        Map<String, Object> printable = new TreeMap<>();
        values.forEach((name, value) -> printable.put(
                name,
                SECRETS.contains(name) && !value.asText().isEmpty()
                        ? maskUrl(value.asText())
                        : value.isNumber() ? value.numberValue() : value.asText()));
        return printable;
    }

    /** The printable settings that differ from their defaults. */
    public Map<String, Object> changed() {
        Map<String, Object> changed = printable();
        changed.entrySet().removeAll(defaults().printable().entrySet());
        return changed;
    }

    /** The environment variable of a setting: {@code http.maxLineBytes} is {@code QUOTIENT_HTTP_MAX_LINE_BYTES}. */
    public static String environmentName(String setting) {
        return ENVIRONMENT_PREFIX
                + setting.replaceAll("([A-Z])", "_$1").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Removes the credentials from a database URL but keeps its host, which helps an operator. */
    static String maskUrl(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getScheme() + "://***@" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                    + (uri.getPath() == null ? "" : uri.getPath());
        } catch (IllegalArgumentException e) {
            return "***";
        }
    }

    private void addDefaults() {
        try (InputStream in = Settings.class.getResourceAsStream(DEFAULTS)) {
            if (in == null) {
                throw new IllegalStateException(DEFAULTS + " is missing from the class path.");
            }
            flatten(MAPPER.readTree(in), "", values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addFile(Path file) {
        Map<String, JsonNode> given = new TreeMap<>();
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            if (!tree.isObject()) {
                throw new InvalidSetting("The settings file " + file + " must hold one JSON object.");
            }
            flatten(tree, "", given);
        } catch (JsonProcessingException e) {
            throw new InvalidSetting("The settings file " + file + " is not valid JSON: " + e.getOriginalMessage()
                    + " (line " + e.getLocation().getLineNr() + ").");
        } catch (IOException e) {
            throw new InvalidSetting("The settings file " + file + " cannot be read; check its name and permissions.");
        }
        given.forEach((name, value) -> override(name, value, name));
    }

    private void addEnvironment(Map<String, String> environment) {
        Map<String, String> names = new TreeMap<>();
        values.keySet().forEach(name -> names.put(environmentName(name), name));
        environment.forEach((variable, value) -> {
            if (variable.startsWith(ENVIRONMENT_PREFIX)) {
                String name = names.get(variable);
                if (name == null) {
                    throw unknown(variable, names.keySet());
                }
                override(name, MAPPER.getNodeFactory().textNode(value), variable);
            }
        });
    }

    private void override(String name, JsonNode value, String givenAs) {
        JsonNode known = values.get(name);
        if (known == null) {
            throw unknown(givenAs, values.keySet());
        }
        values.put(name, known.isNumber() ? number(givenAs, value, known) : value);
    }

    private static JsonNode number(String givenAs, JsonNode value, JsonNode known) {
        try {
            return known.isInt()
                    ? MAPPER.getNodeFactory()
                            .numberNode(Integer.parseInt(value.asText().strip()))
                    : MAPPER.getNodeFactory()
                            .numberNode(Double.parseDouble(value.asText().strip()));
        } catch (NumberFormatException e) {
            throw new InvalidSetting(givenAs + " must be a number, not \"" + value.asText() + "\".");
        }
    }

    private static void flatten(JsonNode node, String path, Map<String, JsonNode> into) {
        node.properties().forEach(entry -> {
            String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getValue().isObject()) {
                flatten(entry.getValue(), name, into);
            } else {
                into.put(name, entry.getValue());
            }
        });
    }

    private static InvalidSetting unknown(String name, Set<String> known) {
        return new InvalidSetting(
                "Unknown setting " + name + "; the nearest known one is " + NearestName.of(name, known) + ".");
    }

    /**
     * The mapper wraps the message of a record's constructor or a deserializer; the operator needs only that message.
     */
    private static InvalidSetting invalid(JsonMappingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSetting setting) {
                return setting;
            }
        }
        String name = String.join(
                ".",
                e.getPath().stream()
                        .map(JsonMappingException.Reference::getFieldName)
                        .toList());
        return new InvalidSetting(name + ": " + e.getOriginalMessage());
    }

    /** A value written as text in its own format. */
    private static final class TextDeserializer<T> extends JsonDeserializer<T> {
        private final Function<String, T> parse;

        TextDeserializer(Function<String, T> parse) {
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return parse.apply(parser.getText());
            } catch (IllegalArgumentException e) {
                throw new JsonMappingException(parser, e.getMessage());
            }
        }
    }
}
