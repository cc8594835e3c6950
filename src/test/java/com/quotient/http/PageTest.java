package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    @Test
    void firstPageOfFiftyUnlessAskedOtherwise() {
        assertThat(page("")).isEqualTo(new Page(1, 50));
        assertThat(page("page=&limit=")).isEqualTo(new Page(1, 50));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "100,100", "101,100", "2147483648,100"})
    void limitIsAtMostHundred(String asked, int served) {
        assertThat(page("limit=" + asked).limit()).isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=-5", "limit=ten", "page=0", "page=-1", "page=1.0", "page=one"})
    void whatIsNoCountIsRefused(String query) {
        assertThatThrownBy(() -> page(query)).isInstanceOf(ProblemException.class);
    }

    @Test
    void offsetDoesNotOverflow() {
        assertThat(page("page=99999999999&limit=100").offset()).isEqualTo((Integer.MAX_VALUE - 1L) * 100);
    }

    @Test
    void nextPageIsAvailableWhileItemsFollow() {
        assertThat(new Page(1, 50).data(51)).isEqualTo(new Page.PageData(1, 50, 51, true));
        assertThat(new Page(1, 50).data(50).isNextPageAvailable()).isFalse();
        assertThat(new Page(2, 50).data(51)).isEqualTo(new Page.PageData(2, 50, 51, false));
        assertThat(new Page(1, 50).data(0)).isEqualTo(new Page.PageData(1, 50, 0, false));
        assertThat(new Page(9, 50).data(51)).as("past the end").isEqualTo(new Page.PageData(9, 50, 51, false));
    }

    @Test
    void wireHasExactlyFourMembers() {
        assertThat(Answer.encode(new Page(2, 10).data(35)))
                .hasToString("{\"page\":2,\"limit\":10,\"total\":35,\"isNextPageAvailable\":true}");
    }

    private static Page page(String query) {
        return Page.from(Query.parse(query, Set.of("page", "limit")));
    }
}
