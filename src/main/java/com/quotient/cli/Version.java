package com.quotient.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest; classes outside a jar have none. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"quotient " + (version == null ? "(development)" : version)};
    }
}
