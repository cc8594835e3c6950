package com.quotient;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.quotient.db.SharedPool;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;

@AnalyzeClasses(packages = "com.quotient", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] FEATURES = {
        "..analytics..", "..whoami..", "..business..", "..audience..", "..blog..", "..flow..", "..memory.."
    };

    @ArchTest
    static void featuresDoNotKnowEachOther(JavaClasses classes) {
        for (String feature : FEATURES) {
            for (String other : FEATURES) {
                if (!feature.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage(feature)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(other)
                            .allowEmptyShould(true)
                            .check(classes);
                }
            }
        }
    }

    /** The root package wires everything and holds what everybody uses; the others form layers. */
    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("com.quotient.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule sqlStandsInStoresAndTheDatabasePackageOnly = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Store")
            .and()
            .haveSimpleNameNotEndingWith("Admin")
            .and()
            .haveSimpleNameNotContaining("KeyFeed")
            .and()
            .haveSimpleNameNotContaining("EventMaintenance")
            .and()
            .resideOutsideOfPackages("..db..", "..cli..")
            .should()
            .callMethod(SqlClient.class, "preparedQuery", String.class)
            .orShould()
            .callMethod(SqlClient.class, "query", String.class)
            .orShould()
            .callMethod(SharedPool.class, "execute", String.class, String.class, Tuple.class);

    /** So that nothing of it is loaded while tracing is off. */
    @ArchTest
    static final ArchRule openTelemetryStandsBehindTracing = noClasses()
            .that()
            .resideOutsideOfPackage("..trace..")
            .or()
            .haveSimpleName("Tracing")
            .or()
            .haveSimpleName("StatementSpans")
            .or()
            .haveSimpleName("ActiveSpan")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    /** A pool of its own would let a feature forget whose request it is working on. */
    @ArchTest
    static final ArchRule endpointsShareTheirConnectionsFairly = noClasses()
            .that()
            .haveSimpleNameEndingWith("Api")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Pool.class);

    @ArchTest
    static final ArchRule nothingBlocksButTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackages("..cli..", "..db..", "..embedded..")
            .and()
            .doNotHaveSimpleName("Main")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Future.class, "await");
}
