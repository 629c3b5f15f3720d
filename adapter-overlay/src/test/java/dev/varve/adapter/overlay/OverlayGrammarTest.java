package dev.varve.adapter.overlay;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.varve.adapter.overlay.OverlayGrammar.Upper;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.idmap.IdRange;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.mount.MountStep.Parameter;

class OverlayGrammarTest {
    private static final int PAGE = 4096;
    private static final Path BASE = Path.of("/s");
    private static final Path TARGET = Path.of("/s/3/merged");
    private static final List<Path> LOWERS = List.of(Path.of("/s/2/fs"), Path.of("/s/1/fs"));
    private static final Optional<Upper> UPPER = Optional.of(new Upper(Path.of("/s/3/fs"), Path.of("/s/3/work")));
    private static final List<Parameter> FIXED = List.of(new Parameter.Text("index", "off"),
            new Parameter.Text("redirect_dir", "off"), new Parameter.Text("metacopy", "off"));

    @Test
    void descriptorsAreHandedOverInOrderAndUnescaped() throws UnsupportedException {
        assertThat(grammar(MountApi.FD, false).plan(TARGET, BASE, LOWERS, UPPER)).isEqualTo(context(
                List.of(new Parameter.Directory("lowerdir+", Path.of("/s/2/fs")),
                        new Parameter.Directory("lowerdir+", Path.of("/s/1/fs")),
                        new Parameter.Directory("upperdir", Path.of("/s/3/fs")),
                        new Parameter.Directory("workdir", Path.of("/s/3/work"))),
                Set.of(), new MountProof.Overlay(List.of("/s/2/fs", "/s/1/fs"), Optional.of(Path.of("/s/3/fs")))));
    }

    @Test
    void stringsAreHandedOverOneByOne() throws UnsupportedException {
        assertThat(grammar(MountApi.STRING, false).plan(TARGET, BASE, LOWERS, UPPER)).isEqualTo(context(
                List.of(new Parameter.Text("lowerdir+", "/s/2/fs"), new Parameter.Text("lowerdir+", "/s/1/fs"),
                        new Parameter.Text("upperdir", "/s/3/fs"), new Parameter.Text("workdir", "/s/3/work")),
                Set.of(), new MountProof.Overlay(List.of("/s/2/fs", "/s/1/fs"), Optional.of(Path.of("/s/3/fs")))));
    }

    @Test
    void legacyOptionsAreRelativeToTheBase() throws UnsupportedException {
        assertThat(grammar(MountApi.LEGACY, false).plan(TARGET, BASE, LOWERS, UPPER)).isEqualTo(new MountPlan(TARGET,
                List.of(new MountStep.LegacyMount("overlay", "varve", BASE,
                        "index=off,redirect_dir=off,metacopy=off,upperdir=3/fs,workdir=3/work,lowerdir=2/fs:1/fs",
                        Set.of())),
                new MountProof.Overlay(List.of("2/fs", "1/fs"), Optional.of(Path.of("/s/3/fs")))));
    }

    @ParameterizedTest
    @EnumSource
    void readOnlyPlanHasNoUpperDirectory(MountApi api) throws UnsupportedException {
        MountPlan plan = grammar(api, false).plan(TARGET, BASE, LOWERS, Optional.empty());
        assertThat(plan.toString()).doesNotContain("upperdir").doesNotContain("workdir");
        assertThat(((MountProof.Overlay) plan.proof()).upper()).isEmpty();
        assertThat(flags(plan)).containsExactly(MountFlag.READ_ONLY);
        assertThat(flags(grammar(api, false).plan(TARGET, BASE, LOWERS, UPPER))).isEmpty();
    }

    @Test
    void userNamespaceKeepsAttributesInUserXattrs() throws UnsupportedException {
        for (MountApi api : List.of(MountApi.FD, MountApi.STRING)) {
            List<Parameter> parameters = parameters(grammar(api, true).plan(TARGET, BASE, LOWERS, UPPER));
            assertThat(parameters.subList(4, parameters.size())).as("%s", api)
                    .containsExactly(new Parameter.Flag("userxattr"), new Parameter.Text("index", "off"));
        }
        assertThat(data(grammar(MountApi.LEGACY, true).plan(TARGET, BASE, LOWERS, UPPER)))
                .isEqualTo("userxattr,index=off,upperdir=3/fs,workdir=3/work,lowerdir=2/fs:1/fs");
    }

    @Test
    void descriptorsNeedNoEscapes() throws UnsupportedException {
        Path odd = Path.of("/s/a\\b:c,d");
        MountPlan plan = grammar(MountApi.FD, false).plan(TARGET, BASE, List.of(odd), Optional.of(new Upper(odd, odd)));
        assertThat(parameters(plan).subList(0, 3)).containsExactly(new Parameter.Directory("lowerdir+", odd),
                new Parameter.Directory("upperdir", odd), new Parameter.Directory("workdir", odd));
        assertThat(lowers(plan)).containsExactly("/s/a\\b:c,d");
    }

    @Test
    void stringsEscapeOnlyBackslashesAndOnlyOfTheWritableDirectories() throws UnsupportedException {
        Path odd = Path.of("/s/a\\b:c,d");
        MountPlan plan = grammar(MountApi.STRING, false).plan(TARGET, BASE, List.of(odd),
                Optional.of(new Upper(odd, odd)));
        assertThat(parameters(plan).subList(0, 3)).containsExactly(new Parameter.Text("lowerdir+", "/s/a\\b:c,d"),
                new Parameter.Text("upperdir", "/s/a\\\\b:c,d"), new Parameter.Text("workdir", "/s/a\\\\b:c,d"));
        assertThat(lowers(plan)).as("as mountinfo will show it").containsExactly("/s/a\\b:c,d");
    }

    @Test
    void legacyEscapesCommasEverywhereAndColonsOfLowersOnly() throws UnsupportedException {
        Path odd = Path.of("/s/a\\b:c,d");
        MountPlan plan = grammar(MountApi.LEGACY, false).plan(TARGET, BASE, List.of(odd, Path.of("/s/1")),
                Optional.of(new Upper(odd, odd)));
        assertThat(data(plan)).endsWith(",upperdir=a\\\\b:c\\,d,workdir=a\\\\b:c\\,d,lowerdir=a\\\\b\\:c\\,d:1");
        assertThat(lowers(plan)).as("as mountinfo will show it").containsExactly("a\\b:c,d", "1");
    }

    @Test
    void baseOfALegacyMountNeedsNoEscapes() throws UnsupportedException {
        Path base = Path.of("/odd,path:with\\all");
        MountPlan plan = grammar(MountApi.LEGACY, false).plan(TARGET, base, List.of(base.resolve("2/fs")),
                Optional.of(new Upper(base.resolve("3/fs"), base.resolve("3/work"))));
        assertThat(data(plan)).endsWith(",upperdir=3/fs,workdir=3/work,lowerdir=2/fs");
        assertThat(((MountStep.LegacyMount) plan.steps().getFirst()).base()).isEqualTo(base);
    }

    @Test
    void stringsOf255BytesFitAndLongerOnesGoTheLegacyWay() throws UnsupportedException {
        OverlayGrammar grammar = grammar(MountApi.STRING, false);
        Path base = Path.of("/" + "b".repeat(200));
        Path fits = base.resolve("x".repeat(255 - 202));
        Path tooLong = base.resolve("x".repeat(256 - 202));
        assertThat(fits.toString()).hasSize(255);
        assertThat(grammar.plan(TARGET, base, List.of(fits), Optional.of(new Upper(fits, fits))).steps().getFirst())
                .isInstanceOf(MountStep.ContextMount.class);
        assertThat(grammar.plan(TARGET, base, List.of(fits, tooLong), Optional.empty()).steps().getFirst())
                .isInstanceOf(MountStep.LegacyMount.class);
        assertThat(grammar.plan(TARGET, base, List.of(fits), Optional.of(new Upper(tooLong, fits))).steps())
                .hasOnlyElementsOfType(MountStep.LegacyMount.class);
        assertThat(grammar.plan(TARGET, base, List.of(fits), Optional.of(new Upper(fits, tooLong))).steps())
                .hasOnlyElementsOfType(MountStep.LegacyMount.class);
    }

    @Test
    void stringLimitCountsBytesAndEscapes() throws UnsupportedException {
        OverlayGrammar grammar = grammar(MountApi.STRING, false);
        Path accents = BASE.resolve("\u00e9".repeat(127));
        assertThat(grammar.plan(TARGET, BASE, List.of(accents), Optional.empty()).steps().getFirst())
                .as("130 characters, 257 bytes")
                .isInstanceOf(MountStep.LegacyMount.class);
        Path escaped = BASE.resolve("x".repeat(250) + "\\\\");
        assertThat(grammar.plan(TARGET, BASE, List.of(escaped), Optional.empty()).steps().getFirst())
                .as("255 bytes, unescaped in lowerdir+")
                .isInstanceOf(MountStep.ContextMount.class);
        assertThat(grammar.plan(TARGET, BASE, LOWERS, Optional.of(new Upper(escaped, Path.of("/s/3/work"))))
                .steps()
                .getFirst()).as("257 bytes with its escapes").isInstanceOf(MountStep.LegacyMount.class);
    }

    @Test
    void descriptorsHaveNoLimit() throws UnsupportedException {
        Path path = BASE.resolve(("x".repeat(250) + "/").repeat(15));
        assertThat(grammar(MountApi.FD, false).plan(TARGET, BASE, List.of(path), Optional.empty()).steps())
                .hasOnlyElementsOfType(MountStep.ContextMount.class);
    }

    @Test
    void optionsThatFillAPageToTheLastByteAreTaken() throws UnsupportedException {
        OverlayGrammar grammar = grammar(MountApi.LEGACY, false);
        assertThat(data(grammar.plan(TARGET, BASE, lowersOf(PAGE - 1), Optional.empty()))).hasSize(PAGE - 1);
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> grammar.plan(TARGET, BASE, lowersOf(PAGE), Optional.empty()))
                .withMessageContaining("need 4096 bytes")
                .withMessageContaining("takes 4095")
                .satisfies(e -> assertThat(e.hint()).isPresent());
    }

    @Test
    void pageLimitCountsBytes() {
        List<Path> lowers = IntStream.range(0, 20).mapToObj(i -> BASE.resolve("\u00e9".repeat(110) + i)).toList();
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> grammar(MountApi.LEGACY, false).plan(TARGET, BASE, lowers, Optional.empty()))
                .withMessageStartingWith("20 layers need ");
    }

    @ParameterizedTest
    @EnumSource
    void fiveHundredLowersAreTheMost(MountApi api) throws UnsupportedException {
        OverlayGrammar grammar = grammar(api, false);
        assertThat(lowers(grammar.plan(TARGET, BASE, numbered(500), UPPER))).hasSize(500)
                .startsWith(api == MountApi.LEGACY ? "500/fs" : "/s/500/fs")
                .endsWith(api == MountApi.LEGACY ? "1/fs" : "/s/1/fs");
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> grammar.plan(TARGET, BASE, numbered(501), UPPER))
                .withMessageContaining("500")
                .withMessageContaining("501");
    }

    /** Lowers whose options take exactly that many bytes in a read-only plan. */
    private static List<Path> lowersOf(int bytes) {
        int left = bytes - "index=off,redirect_dir=follow,metacopy=on,lowerdir=".length();
        List<Path> lowers = new ArrayList<>();
        while (left > 200) {
            lowers.add(BASE.resolve("x".repeat(99)));
            left -= 100;
        }
        lowers.add(BASE.resolve("y".repeat(left)));
        return lowers;
    }

    private static List<Path> numbered(int count) {
        return IntStream.iterate(count, i -> i > 0, i -> i - 1).mapToObj(i -> BASE.resolve(i + "/fs")).toList();
    }

    private static OverlayGrammar grammar(MountApi api, boolean userXattr) {
        return new OverlayGrammar(api, userXattr, MountSettings.DEFAULT, PAGE);
    }

    private static OverlayGrammar grammar(MountApi api, Map<String, String> options) throws UnsupportedException {
        return new OverlayGrammar(api, false, OverlayOptions.parse(options).settings(), PAGE);
    }

    private static final Map<String, String> ALL = Map.of("index", "on", "metacopy", "on", "volatile", "true",
            "mountopt", "nodev,xino=auto,noatime,uuid=null", "mount_label", "u:object_r:t_t:s0:c1,c2");

    @Test
    void legacyLabelIsQuotedBecauseOfItsCommas() throws UnsupportedException {
        assertThat(data(grammar(MountApi.LEGACY, ALL).plan(TARGET, BASE, LOWERS, UPPER))).isEqualTo(
                "index=on,redirect_dir=on,metacopy=on,volatile,xino=auto,uuid=null,context=\"u:object_r:t_t:s0:c1,c2\","
                        + "upperdir=3/fs,workdir=3/work,lowerdir=2/fs:1/fs");
        assertThat(data(grammar(MountApi.LEGACY, ALL).plan(TARGET, BASE, LOWERS, Optional.empty()))).isEqualTo(
                "index=off,redirect_dir=follow,metacopy=on,xino=auto,uuid=null,context=\"u:object_r:t_t:s0:c1,c2\","
                        + "lowerdir=2/fs:1/fs");
    }

    @ParameterizedTest
    @EnumSource(value = MountApi.class, names = {"FD", "STRING"})
    void labelIsAParameterOfItsOwnAndNotQuoted(MountApi api) throws UnsupportedException {
        List<Parameter> parameters = parameters(grammar(api, ALL).plan(TARGET, BASE, LOWERS, UPPER));
        assertThat(parameters.subList(4, parameters.size())).containsExactly(new Parameter.Text("index", "on"),
                new Parameter.Text("redirect_dir", "on"), new Parameter.Text("metacopy", "on"),
                new Parameter.Flag("volatile"), new Parameter.Text("xino", "auto"), new Parameter.Text("uuid", "null"),
                new Parameter.Text("context", "u:object_r:t_t:s0:c1,c2"));
        parameters = parameters(grammar(api, ALL).plan(TARGET, BASE, LOWERS, Optional.empty()));
        assertThat(parameters.subList(2, parameters.size())).containsExactly(new Parameter.Text("index", "off"),
                new Parameter.Text("redirect_dir", "follow"), new Parameter.Text("metacopy", "on"),
                new Parameter.Text("xino", "auto"), new Parameter.Text("uuid", "null"),
                new Parameter.Text("context", "u:object_r:t_t:s0:c1,c2"));
    }

    @Test
    void mappedDirectoriesArePartOfOneMountThatTheSourceTells() throws UnsupportedException {
        Map<String, String> options = Map.of("uidmap", "0:100000:65536", "gidmap", "0:5:1,1:7:1");
        MountPlan plan = grammar(MountApi.FD, options).plan(TARGET, BASE, LOWERS, UPPER);
        String source = "varve ids=users 0:100000:65536 groups 0:5:1,1:7:1";
        assertThat(plan).isEqualTo(new MountPlan(TARGET,
                List.of(new MountStep.ContextMount("overlay", source, parameters(plan), Set.of(),
                        Optional.of(new MountStep.Mapped(BASE,
                                new IdMapping(List.of(new IdRange(0, 100000, 65536)),
                                        List.of(new IdRange(0, 5, 1), new IdRange(1, 7, 1))))))),
                new MountProof.Overlay(source, List.of("/2/fs", "/1/fs"), Optional.of(Path.of("/s/3/fs")), Set.of())));
        assertThat(parameters(plan)).startsWith(new Parameter.Directory("lowerdir+", Path.of("/s/2/fs")));
    }

    @Test
    void longMappingIsToldByANumber() throws UnsupportedException {
        String ranges = IntStream.range(0, 20).mapToObj(i -> i + ":" + (100000 + i) + ":1").collect(joining(","));
        MountPlan plan = grammar(MountApi.FD, Map.of("uidmap", ranges)).plan(TARGET, BASE, LOWERS, UPPER);
        assertThat(((MountProof.Overlay) plan.proof()).source()).matches("varve ids=[0-9a-f]{1,8}");
    }

    @ParameterizedTest
    @EnumSource
    void attributesOfTheMountAreNoOptionsOfTheFileSystem(MountApi api) throws UnsupportedException {
        MountPlan plan = grammar(api, ALL).plan(TARGET, BASE, LOWERS, UPPER);
        assertThat(flags(plan)).containsExactlyInAnyOrder(MountFlag.NO_DEVICES, MountFlag.NO_ACCESS_TIME);
        assertThat(((MountProof.Overlay) plan.proof()).options()).containsExactlyInAnyOrder("nodev", "noatime");
        assertThat(flags(grammar(api, ALL).plan(TARGET, BASE, LOWERS, Optional.empty())))
                .containsExactlyInAnyOrder(MountFlag.NO_DEVICES, MountFlag.NO_ACCESS_TIME, MountFlag.READ_ONLY);
    }

    @ParameterizedTest
    @CsvSource({"on,on,follow", "off,off,off", "follow,follow,follow", "nofollow,nofollow,nofollow"})
    void redirectsAreFollowedReadOnlyUnlessRefused(String asked, String writable, String readOnly)
            throws UnsupportedException {
        OverlayGrammar grammar = grammar(MountApi.LEGACY, Map.of("redirect_dir", asked));
        assertThat(data(grammar.plan(TARGET, BASE, LOWERS, UPPER)))
                .startsWith("index=off,redirect_dir=" + writable + ",metacopy=off,");
        assertThat(data(grammar.plan(TARGET, BASE, LOWERS, Optional.empty()))).startsWith(
                "index=off,redirect_dir=" + readOnly + ",metacopy=" + (readOnly.equals("follow") ? "on," : "off,"));
    }

    private static MountPlan context(List<Parameter> layers, Set<MountFlag> flags, MountProof proof) {
        List<Parameter> all = new ArrayList<>(layers);
        all.addAll(FIXED);
        return new MountPlan(TARGET, List.of(new MountStep.ContextMount("overlay", "varve", all, flags)), proof);
    }

    private static List<Parameter> parameters(MountPlan plan) {
        return ((MountStep.ContextMount) plan.steps().getFirst()).parameters();
    }

    private static String data(MountPlan plan) {
        String data = ((MountStep.LegacyMount) plan.steps().getFirst()).data();
        assertThat(data.getBytes(StandardCharsets.UTF_8).length).isLessThan(PAGE);
        return data;
    }

    private static List<String> lowers(MountPlan plan) {
        return ((MountProof.Overlay) plan.proof()).lowers();
    }

    private static Set<MountFlag> flags(MountPlan plan) {
        return switch (plan.steps().getFirst()) {
            case MountStep.ContextMount context -> context.flags();
            case MountStep.LegacyMount legacy -> legacy.flags();
            case MountStep.Bind bind -> bind.flags();
            case MountStep.MakePrivate _ -> Set.of();
        };
    }
}
