package com.quotient.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar says it has; classes outside of a jar say none. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"quotient " + (version == null ? "(development)" : version)};
    }
}
