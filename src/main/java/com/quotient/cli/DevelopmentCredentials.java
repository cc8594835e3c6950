package com.quotient.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The credentials to try a server with the embedded database; kept in a file in its data directory. */
record DevelopmentCredentials(
        String apiUrl,
        String managementUrl,
        String businessId,
        String email,
        String password,
        String publicKey,
        String privateKey) {
    private static final String FILE = "dev-credentials.json";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    static Path file(Path dataDirectory) {
        return dataDirectory.resolve(FILE);
    }

    /** Null if there is no file. */
    static @Nullable DevelopmentCredentials read(Path file) {
        if (Files.notExists(file)) {
            return null;
        }
        try {
            return MAPPER.readValue(file.toFile(), DevelopmentCredentials.class);
        } catch (IOException e) {
            throw new CommandFailure("The file " + file
                    + " cannot be read or is not as it was written; delete it to get new demo keys.");
        }
    }

    /** Writes the file atomically, readable by its owner only. */
    void write(Path file) {
        try {
            // Temporary files are created with mode 600.
            Path written = Files.createTempFile(file.toAbsolutePath().getParent(), FILE, null);
            MAPPER.writerWithDefaultPrettyPrinter().writeValue(written.toFile(), this);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure("The file " + file + " cannot be written: " + e.getMessage() + ".");
        }
    }

    DevelopmentCredentials at(String apiUrl, String managementUrl) {
        return new DevelopmentCredentials(apiUrl, managementUrl, businessId, email, password, publicKey, privateKey);
    }

    /** Leaves out the credentials. */
    @Override
    public String toString() {
        return "DevelopmentCredentials[" + businessId + "]";
    }
}
