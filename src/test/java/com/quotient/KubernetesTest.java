package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.config.Config;
import com.quotient.config.Settings;
import com.quotient.testing.Prerequisite;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The manifests as {@code kubectl kustomize} builds them, read as strictly as a cluster that validates fields. */
@ExtendWith(KubernetesTest.NeedsKubectl.class)
class KubernetesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MIB = 1024 * 1024;
    /** What the process needs beside its heap and its direct memory. */
    private static final long OTHER_MEMORY = 128 * MIB;
    /** Connections that administrators, backups and monitoring need. */
    private static final int RESERVED_CONNECTIONS = 10;

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.ofEntries(
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/Secret", Secret.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("networking.k8s.io/v1/Ingress", Ingress.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class));
    /** Kinds that operators bring; there are no models of them here. */
    private static final Set<String> KINDS_OF_OPERATORS =
            Set.of("PodMonitor", "PrometheusRule", "HTTPRoute", "Cluster");

    static final class NeedsKubectl extends Prerequisite {
        NeedsKubectl() {
            super(
                    onPath("kubectl"),
                    "The manifests in k8s are not tested, because kubectl is missing; install it.",
                    "QUOTIENT_REQUIRE_KUBECTL");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void everyFieldIsOneThatKubernetesKnows(String overlay) throws Exception {
        Manifests manifests = Manifests.overlay(overlay);

        assertThat(manifests.all).isNotEmpty();
        for (HasMetadata manifest : manifests.all) {
            assertThat(unknownFields(manifest.getKind(), manifest)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingress", "httproute", "cloudnativepg", "scale-by-requests", "canary", "key-files"})
    void everyComponentFitsTheBase(String component) throws Exception {
        Manifests manifests = Manifests.withComponent(component);

        assertThat(manifests
                        .only(Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getVolumes())
                .extracting(Volume::getName)
                .contains("tmp", "database");
        for (HasMetadata manifest : manifests.all) {
            assertThat(unknownFields(manifest.getKind(), manifest)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void everyPodMeetsTheRestrictedPodSecurityStandard(String overlay) throws Exception {
        for (PodTemplateSpec template : Manifests.overlay(overlay).templates()) {
            PodSpec pod = template.getSpec();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getVolumes()).allMatch(volume -> volume.getHostPath() == null);
            for (Container container : containers(pod)) {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
                assertThat(container.getSecurityContext().getPrivileged()).isNull();
                assertThat(container.getImage()).matches("[a-z]+:[0-9.]+");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void selectorsMatchTheirPods(String overlay) throws Exception {
        Manifests manifests = Manifests.overlay(overlay);
        List<Map<String, String>> pods = manifests.templates().stream()
                .map(template -> template.getMetadata().getLabels())
                .toList();

        for (Service service : manifests.of(Service.class)) {
            assertThat(pods).anyMatch(labels -> labels.entrySet()
                    .containsAll(service.getSpec().getSelector().entrySet()));
        }
        for (NetworkPolicy policy : manifests.of(NetworkPolicy.class)) {
            Map<String, String> selector = policy.getSpec().getPodSelector().getMatchLabels();
            assertThat(selector).isNotEmpty();
            assertThat(pods).anyMatch(labels -> labels.entrySet().containsAll(selector.entrySet()));
        }
        for (PodDisruptionBudget budget : manifests.of(PodDisruptionBudget.class)) {
            Map<String, String> selector = budget.getSpec().getSelector().getMatchLabels();
            assertThat(selector).isNotEmpty();
            assertThat(pods).anyMatch(labels -> labels.entrySet().containsAll(selector.entrySet()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void everyVariableIsASettingAndItsValueIsAccepted(String overlay) throws Exception {
        Map<String, String> environment = Manifests.overlay(overlay).settings();

        assertThat(environment).containsKey("QUOTIENT_DATABASE_URL").doesNotContainKey("QUOTIENT_DATABASE_PASSWORD");
        Config config = Settings.load(null, environment).config();
        assertThat(config.database().isEmbedded()).isFalse();
        assertThat(config.database().url()).doesNotMatch(".*//[^/@]+:[^/@]+@.*");
    }

    @Test
    void databaseOfProductionIsVerified() throws Exception {
        assertThat(Manifests.overlay("production").settings().get("QUOTIENT_DATABASE_URL"))
                .contains("sslmode=verify-full");
    }

    @Test
    void serversAtTheirMaximumLeaveConnectionsFree() throws Exception {
        Manifests manifests = Manifests.overlay("production");
        HorizontalPodAutoscaler autoscaler = manifests.only(HorizontalPodAutoscaler.class);
        int surge = manifests
                .only(Deployment.class)
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getIntVal();
        int limit =
                Integer.parseInt(autoscaler.getMetadata().getAnnotations().get("quotient/database-max-connections"));
        String operations = Files.readString(Path.of("docs", "operations.md"), UTF_8);
        Matcher perServer =
                Pattern.compile("One server opens up to (\\d+) connections").matcher(operations);

        assertThat(perServer.find()).isTrue();
        assertThat((autoscaler.getSpec().getMaxReplicas() + surge) * Integer.parseInt(perServer.group(1))
                        + RESERVED_CONNECTIONS)
                .isLessThanOrEqualTo(limit);
        assertThat(Files.readString(Path.of("k8s/components/cloudnativepg/cluster.yaml"), UTF_8))
                .contains("max_connections: \"" + limit + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void memoryLimitHoldsHeapDirectMemoryAndTheRest(String overlay) throws Exception {
        PodSpec pod = Manifests.overlay(overlay).pod();

        for (Container container : containers(pod)) {
            String options = container.getEnv().stream()
                    .filter(variable -> variable.getName().equals("JDK_JAVA_OPTIONS"))
                    .map(EnvVar::getValue)
                    .findFirst()
                    .orElseThrow();
            long heap = mebibytes(options, "-Xmx");
            long direct = options.contains("MaxDirectMemorySize=") ? mebibytes(options, "MaxDirectMemorySize=") : 0;
            assertThat(bytes(container.getResources().getLimits().get("memory")))
                    .isGreaterThanOrEqualTo(heap + direct + OTHER_MEMORY)
                    .isEqualTo(bytes(container.getResources().getRequests().get("memory")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void gracePeriodIsLongerThanAStopMayTake(String overlay) throws Exception {
        Manifests manifests = Manifests.overlay(overlay);
        Config config = Settings.load(null, manifests.settings()).config();
        PodSpec pod = manifests.pod();
        long pause = pod.getContainers()
                .get(0)
                .getLifecycle()
                .getPreStop()
                .getSleep()
                .getSeconds();

        assertThat(pod.getTerminationGracePeriodSeconds())
                .isGreaterThan(pause + config.process().stopDeadline().toSeconds())
                .isGreaterThan(pause
                        + config.http().shutdownDelay().toSeconds()
                        + config.http().drainDeadline().toSeconds()
                        + config.webhook().timeout().toSeconds());
    }

    @Test
    void drainOfANodeIsNotBlockedAndAnUpdateTakesNoServerAway() throws Exception {
        Manifests manifests = Manifests.overlay("production");
        Deployment deployment = manifests.only(Deployment.class);
        PodDisruptionBudget budget = manifests.only(PodDisruptionBudget.class);

        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getSpec().getMinAvailable()).isNull();
        assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
        assertThat(deployment.getSpec().getReplicas())
                .as("the autoscaler owns the number")
                .isNull();
        assertThat(manifests.only(HorizontalPodAutoscaler.class).getSpec().getMinReplicas())
                .isGreaterThan(1);
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(Manifests.overlay("dev").of(PodDisruptionBudget.class)).isEmpty();
    }

    @Test
    void webhooksReachNeitherCloudMetadataNorPrivateNetworks() throws Exception {
        NetworkPolicy policy = Manifests.overlay("production").only(NetworkPolicy.class);

        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getSpec().getEgress())
                .filteredOn(rule -> rule.getTo().stream().anyMatch(peer -> peer.getIpBlock() != null))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getTo())
                        .flatExtracting(peer -> peer.getIpBlock().getExcept())
                        .contains("169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"));
    }

    @Test
    void boardKeepsItsNameSoThatANewOneReplacesIt() throws Exception {
        assertThat(Manifests.overlay("production").of(ConfigMap.class))
                .filteredOn(map -> map.getData().containsKey("board.json"))
                .extracting(map -> map.getMetadata().getName())
                .containsExactly("quotient-board");
    }

    @Test
    void secretOfTheDocumentsHoldsTheFilesThatProductionReads() throws Exception {
        Manifests production = Manifests.overlay("production");
        String command = Files.readString(Path.of("docs", "operations.md"), UTF_8)
                .lines()
                .filter(line -> line.startsWith("kubectl create secret "))
                .findFirst()
                .orElseThrow();
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "secret-");
        for (String file : List.of("password", "ca.pem")) {
            Files.writeString(directory.resolve(file), file);
        }
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--dry-run=client", "--output=json"));
        Secret secret = JSON.readValue(printed(directory, words), Secret.class);

        Volume volume = production.pod().getVolumes().stream()
                .filter(one -> one.getName().equals("database"))
                .findFirst()
                .orElseThrow();
        assertThat(secret.getMetadata().getName()).isEqualTo(volume.getSecret().getSecretName());
        String settings = String.join(" ", production.settings().values());
        assertThat(secret.getData().keySet())
                .containsExactlyInAnyOrder("password", "ca.pem")
                .allSatisfy(file -> assertThat(settings).contains("/etc/quotient/database/" + file));
    }

    @Test
    void everyVolumeThatIsMountedIsThere() throws Exception {
        for (String overlay : List.of("dev", "production")) {
            PodSpec pod = Manifests.overlay(overlay).pod();
            Set<String> volumes = new TreeSet<>();
            pod.getVolumes().forEach(volume -> volumes.add(volume.getName()));
            for (Container container : containers(pod)) {
                container.getVolumeMounts().forEach(mount -> assertThat(volumes).contains(mount.getName()));
            }
            assertThat(pod.getEnableServiceLinks()).isFalse();
        }
    }

    private static String printed(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("exit of " + command).isZero();
        return printed;
    }

    private static List<Container> containers(PodSpec pod) {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                .toList();
    }

    private static long mebibytes(String options, String option) {
        Matcher matcher = Pattern.compile(Pattern.quote(option) + "(\\d+)m").matcher(options);
        assertThat(matcher.find()).as(option + " in " + options).isTrue();
        return Long.parseLong(matcher.group(1)) * MIB;
    }

    private static long bytes(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity).longValueExact();
    }

    /** Fields of a manifest that its model does not have, each with its path. */
    private static List<String> unknownFields(String path, @Nullable Object value) throws ReflectiveOperationException {
        List<String> unknown = new ArrayList<>();
        if (value instanceof Collection<?> items) {
            for (Object item : items) {
                unknown.addAll(unknownFields(path + "[]", item));
            }
        } else if (value instanceof Map<?, ?> members) {
            for (Map.Entry<?, ?> member : members.entrySet()) {
                unknown.addAll(unknownFields(path + "." + member.getKey(), member.getValue()));
            }
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getName().equals("getAdditionalProperties")) {
                    ((Map<?, ?>) method.invoke(value)).keySet().forEach(name -> unknown.add(path + "." + name));
                } else if (method.getName().matches("get[A-Z].*")
                        && method.getParameterCount() == 0
                        && method.getDeclaringClass() != Object.class
                        && !method.getReturnType().isPrimitive()) {
                    unknown.addAll(unknownFields(path + "." + method.getName().substring(3), method.invoke(value)));
                }
            }
        }
        return unknown;
    }

    /** What one overlay consists of, without the kinds of operators. */
    private record Manifests(List<HasMetadata> all) {
        static Manifests overlay(String name) throws IOException, InterruptedException {
            return build(Path.of("k8s", "overlays", name));
        }

        static Manifests withComponent(String name) throws IOException, InterruptedException {
            // Kustomize reads nothing outside of the root, so the root is a directory beside the others.
            Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "component-");
            Path root = Path.of("").toAbsolutePath();
            Files.writeString(directory.resolve("kustomization.yaml"), """
                    resources: [%1$s/k8s/base]
                    components: [%1$s/k8s/components/%2$s]
                    images: [{name: quotient, newTag: 0.1.0}]
                    """.formatted(directory.relativize(root), name));
            return build(directory);
        }

        private static Manifests build(Path directory) throws IOException, InterruptedException {
            String built = printed(Path.of("").toAbsolutePath(), List.of("kubectl", "kustomize", directory.toString()));
            List<HasMetadata> all = new ArrayList<>();
            for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(built)) {
                Map<?, ?> manifest = (Map<?, ?>) document;
                String kind = String.valueOf(manifest.get("kind"));
                if (!KINDS_OF_OPERATORS.contains(kind)) {
                    String name = manifest.get("apiVersion") + "/" + kind;
                    all.add(JSON.convertValue(
                            manifest, Objects.requireNonNull(KINDS.get(name), "There is no model of " + name)));
                }
            }
            return new Manifests(all);
        }

        <T> List<T> of(Class<T> kind) {
            return all.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        <T> T only(Class<T> kind) {
            assertThat(of(kind)).hasSize(1);
            return of(kind).get(0);
        }

        PodSpec pod() {
            return only(Deployment.class).getSpec().getTemplate().getSpec();
        }

        List<PodTemplateSpec> templates() {
            return Stream.concat(
                            of(Deployment.class).stream()
                                    .map(one -> one.getSpec().getTemplate()),
                            of(StatefulSet.class).stream()
                                    .map(one -> one.getSpec().getTemplate()))
                    .toList();
        }

        /** The variables that the server's container gets from its config map. */
        Map<String, String> settings() {
            String name = pod().getContainers()
                    .get(0)
                    .getEnvFrom()
                    .get(0)
                    .getConfigMapRef()
                    .getName();
            return new TreeMap<>(of(ConfigMap.class).stream()
                    .filter(map -> map.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .getData());
        }
    }
}
