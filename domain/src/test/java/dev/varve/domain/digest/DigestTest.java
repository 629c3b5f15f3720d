package dev.varve.domain.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected values are those of sha256sum(1) and sha512sum(1). */
class DigestTest {
    private static final String ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String ABC_512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    private static final DiffId A = DiffId
            .parse("sha256:8a74c5338f1ca6b4b751802e195c85cd48c6d54e5f38d19a4e5ea902baa60af7");
    private static final DiffId B = DiffId
            .parse("sha256:4660645c73f48eb8f67e661ea54842f9fabb1ae261238e0538d1b952b00863f9");
    private static final DiffId C = DiffId
            .parse("sha256:63faee8dfdaa1586f6f474a3e8b27d8aeb7ebde13392b7af762889d51793799a");

    @Test
    void sha256IsTheKnownOne() {
        assertThat(Digest.sha256(ascii("abc"))).hasToString(ABC).isEqualTo(Digest.parse(ABC));
        assertThat(Digest.sha256(new byte[0]))
                .hasToString("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void computationIsThatOfTheNamedAlgorithm() {
        MessageDigest computation = Digest.computation("sha512");
        computation.update(ascii("abc"));
        assertThat(Digest.ofFinished(computation)).hasToString(ABC_512);
        computation = Digest.computation("sha256");
        computation.update(ascii("abc"));
        assertThat(Digest.ofFinished(computation)).hasToString(ABC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha256", "sha256:", ":", "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha256:ba7816bf", "SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:../../../../../../../../../../../../../../../../../../../../../a",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ",
        " sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
    void whatIsNoDigestIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Digest.parse(text));
        assertThatIllegalArgumentException().isThrownBy(() -> DiffId.parse(text));
    }

    @Test
    void chainOfOneLayerIsItsDiffId() {
        assertThat(ChainId.base(A)).hasToString(A.toString());
    }

    @Test
    void chainIdsAreThoseOfTheSpecification() {
        ChainId two = ChainId.base(A).with(B);
        assertThat(two).hasToString("sha256:96097a2f877d2a7d46e93242c3e704909aa0d4486b8e4a03c8d91739d51f35c8");
        assertThat(two.with(C)).hasToString("sha256:eb60e3bb7bee074fb571fcbd9d3494f1ab5477da651e899915c6ee6bfb985b4f");
        assertThat(ChainId.base(B).with(A)).as("the order counts").isNotEqualTo(two);
    }

    @Test
    void orderIsThatOfTheText() {
        assertThat(A.digest()).isGreaterThan(B.digest());
        assertThat(Digest.parse(ABC_512)).isGreaterThan(Digest.parse(ABC));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
