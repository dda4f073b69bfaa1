package io.chiron.tests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which room may use what. A rule that fails here is a design question, not a formality. */
class ArchitectureTest {

    private static final String API = "io.chiron.api";
    private static final String SHELL = "io.chiron.core";
    private static final String ROUTING = "io.chiron.core.routing..";
    private static final String[] DECISIONS = {
        "io.chiron.core.local..", "io.chiron.core.waiting..", "io.chiron.core.fleet.."
    };

    /** Functions of {@link Math} whose last bit may differ from one JDK to another. */
    private static final Set<String> INEXACT_MATH = Set.of(
            "acos", "asin", "atan", "atan2", "cbrt", "cos", "cosh", "exp", "expm1", "hypot", "log", "log10", "log1p",
            "pow", "sin", "sinh", "tan", "tanh");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.chiron.api", "io.chiron.core");

    private static final JavaClasses ADAPTERS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.chiron.adapters");

    @Test
    void apiDependsOnTheJdkOnly() {
        check(classes()
                .that()
                .resideInAPackage(API)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(API, "java..", "org.jspecify.."));
    }

    @Test
    void coreDependsOnTheApiLoggingAndCommonsMathOnly() {
        check(classes()
                .that()
                .resideInAPackage("io.chiron.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        API,
                        "io.chiron.core..",
                        "java..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "org.apache.commons.math3.."));
    }

    /** One outside system each, the api, and of the core only what an adapter is about. */
    @Test
    void adaptersKnowTheApiAndTheirOwnSystemOnly() {
        adapterDependsOn("enginemetrics");
        adapterDependsOn("kubernetes", "io.fabric8..");
        adapterDependsOn("micrometer", "io.micrometer..", "io.chiron.core..");
    }

    private static void adapterDependsOn(String name, String... outside) {
        String own = "io.chiron.adapters." + name;
        List<String> allowed = new ArrayList<>(List.of(own + "..", API, "java..", "javax.net..", "org.jspecify.."));
        allowed.addAll(List.of(outside));
        classes()
                .that()
                .resideInAPackage(own + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new))
                .check(ADAPTERS);
    }

    @Test
    void decisionsReadNoClock() {
        check(noClasses().that().resideInAnyPackage(DECISIONS).should().accessTargetWhere(readsTheClock()));
    }

    @Test
    void decisionsHaveNoSideEffects() {
        check(noClasses()
                .that()
                .resideInAnyPackage(DECISIONS)
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "org.slf4j..", "java.io..", "java.net..", "java.nio..", "java.util.concurrent..")
                        .or(describe("are clocks or random generators", type -> Set.of(
                                        "java.time.Clock",
                                        "java.time.InstantSource",
                                        "java.util.Random",
                                        "java.util.SplittableRandom",
                                        "java.security.SecureRandom")
                                .contains(type.getName())))
                        .or(resideInAnyPackage("java.util.random.."))));
    }

    @Test
    void decisionsKnowNeitherShellNorRouting() {
        check(noClasses()
                .that()
                .resideInAnyPackage(DECISIONS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SHELL, ROUTING));
    }

    @Test
    void onlyTheShellLogs() {
        check(noClasses()
                .that()
                .resideInAPackage("io.chiron..")
                .and()
                .resideOutsideOfPackage(SHELL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j.."));
    }

    @Test
    void roomsOfCoreHaveNoCycles() {
        check(slices().matching("io.chiron.(**)").should().beFreeOfCycles());
    }

    @Test
    void coreComputesTheSameBitsOnEveryJdk() {
        check(noClasses().that().resideInAPackage("io.chiron.core..").should().accessTargetWhere(isInexactMath()));
    }

    @Test
    void packagesWithPublicTypesAreExported() throws IOException {
        Set<String> exported = new TreeSet<>();
        for (URL url : Collections.list(getClass().getClassLoader().getResources("module-info.class"))) {
            try (InputStream in = url.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (module.name().startsWith("io.chiron.")) {
                    module.exports().forEach(export -> exported.add(export.source()));
                }
            }
        }
        check(classes().that().arePublic().should().resideInAnyPackage(exported.toArray(String[]::new)));
    }

    private static void check(ArchRule rule) {
        // A room may still be empty.
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static DescribedPredicate<JavaAccess<?>> readsTheClock() {
        return describe("read the clock", access -> {
            AccessTarget target = access.getTarget();
            String owner = target.getOwner().getName();
            String name = target.getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                default -> owner.startsWith("java.time.") && name.equals("now");
            };
        });
    }

    private static DescribedPredicate<JavaAccess<?>> isInexactMath() {
        return describe(
                "is a function of Math that may round differently on another JDK",
                access -> access.getTarget().getOwner().getName().equals("java.lang.Math")
                        && INEXACT_MATH.contains(access.getTarget().getName()));
    }
}
