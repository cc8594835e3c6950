package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.auth.Access;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
    private final List<Route> all = Stream.of(
                    "/tree/{path*}", "/tree/find", "/lists", "/lists/{slug}/people", "/lists/{slug}/{rest*}")
            .map(path -> Route.get(
                    path, Access.anyKey(), request -> Future.succeededFuture(Answer.encoded(Buffer.buffer()))))
            .toList();
    private final Routes routes = new Routes(all);

    @ParameterizedTest
    @CsvSource({
        "/tree,,''",
        "/tree/,,''",
        "/tree//,,/",
        "/tree/a,,a",
        "/tree/a/b/,,a/b/",
        "/tree//a%2Fb/%2e,,/a%2Fb/%2e",
        "/tree/find/,,find/",
        "/tree/find/x,,find/x",
        "/tree/%66ind,,%66ind",
        "/lists/a%20b/people/x,a b,people/x",
        "/lists/a,a,''",
        "/lists/a//,a,/"
    })
    void restOfAPathIsHandedOverAsItWasSent(String path, String slug, String rest) {
        Routes.Match match = routes.find(HttpMethod.GET, Routes.PREFIX + path);

        assertThat(match.route().path()).endsWith("*}");
        assertThat(match.parameters()).isEqualTo(slug == null ? List.of(rest) : List.of(slug, rest));
    }

    @ParameterizedTest
    @CsvSource({"/tree/find,0", "/lists,0", "/lists/%C3%BC/people,1", "/lists/Ã¼/people,1"})
    void routeThatNamesMoreGoesBeforeTheRestOfAPath(String path, int parameters) {
        Routes.Match match = routes.find(HttpMethod.GET, Routes.PREFIX + path);

        assertThat(match.route().path()).doesNotContain("*");
        assertThat(match.parameters()).isEqualTo(parameters == 0 ? List.of() : List.of("ü"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/treehouse", "/lists/", "//tree", "/other/tree", ""})
    void restOfAPathTakesNothingElse(String path) {
        assertThat(type(() -> routes.find(HttpMethod.GET, Routes.PREFIX + path)))
                .isEqualTo(ProblemType.NOT_FOUND);
    }

    @Test
    void unknownMethodOfTheRestOfAPathGetsTheAllowedOnes() {
        assertThat(type(() -> routes.find(HttpMethod.PUT, Routes.PREFIX + "/tree/a/b")))
                .isEqualTo(ProblemType.METHOD_NOT_ALLOWED);
        assertThat(routes.allow(Routes.PREFIX + "/tree")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "a%zz", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%00", "a%00b"})
    void partThatIsNoTextIsRefused(String part) {
        assertThat(type(() -> Routes.decode(part))).isEqualTo(ProblemType.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"a+b,a+b", "%41,A", "%e2%82%ac,€", "%252F,%2F", "%EF%BF%BD,\uFFFD", "'',''"})
    void partIsDecodedOnce(String part, String text) {
        assertThat(Routes.decode(part)).isEqualTo(text);
    }

    @Test
    void partMayHoldAnyCharacterButOne() {
        assertThat(Routes.decode("a%0Ab%09%7F")).isEqualTo("a\nb\t\u007f");
    }

    @ParameterizedTest
    @CsvSource({
        "/lists,/api/v0/lists",
        "/api/v0/lists/,/api/v0/lists",
        "/API/v0//Lists//,/api/v0/lists",
        "/Lists/a/People,/api/v0/lists/{slug}/people",
        "/api/v0/lists,",
        "/lists/%zz/people,",
        "/listz,",
        "/api/v0,",
        "/,"
    })
    void pathThatWasProbablyMeantIsKnownByItsTemplate(String path, @Nullable String meant) {
        assertThat(routes.meant(path)).isEqualTo(meant);
    }

    @Test
    void aliasLeadsToItsRoute() {
        Routes aliased = new Routes(all, "/feed", "/lists");

        assertThat(aliased.route(HttpMethod.GET, "/feed").path()).isEqualTo("/lists");
        assertThat(aliased.route(HttpMethod.GET, Routes.PREFIX + "/lists").path())
                .isEqualTo("/lists");
        assertThat(type(() -> routes.find(HttpMethod.GET, "/feed"))).isEqualTo(ProblemType.NOT_FOUND);
        assertThat(aliased.isApi("/feed")).isTrue();
        assertThat(aliased.isApi(Routes.PREFIX + "/other")).isTrue();
        assertThat(aliased.isApi("/other")).isFalse();
        assertThat(aliased.isApi(null)).isFalse();
        assertThat(routes.isApi("/feed")).isFalse();
        assertThat(routes.isApi("")).isFalse();
        assertThat(aliased.all()).isEqualTo(all);
    }

    @Test
    void twoRoutesCannotBeTheSame() {
        assertThatThrownBy(() -> new Routes(List.of(all.get(0), all.get(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Two routes for GET /tree/{path*}");
    }

    private static ProblemType type(Runnable call) {
        ProblemType[] type = new ProblemType[1];
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> type[0] = e.problem().type());
        return type[0];
    }
}
