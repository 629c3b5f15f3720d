package dev.varve.domain.whiteout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XattrPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"trusted.overlay.opaque", "trusted.overlay.overlay.opaque", "user.overlay.whiteout",
        "security.selinux", "system.nfs4_acl", "system.nfs4_dacl", "system.nfs4_sacl"})
    void attributesOfTheFileSystemOrTheHostAreNotTheLayers(String name) {
        assertThat(XattrPolicy.belongsToLayer(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user.a", "user.overlay", "user.overlayfs", "trusted.a", "security.capability",
        "security.ima", "system.posix_acl_access"})
    void othersAreTheLayers(String name) {
        assertThat(XattrPolicy.belongsToLayer(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trusted.a", "security.capability"})
    void trustedAndSecurityNeedPrivilege(String name) {
        assertThat(XattrPolicy.needsPrivilege(name)).isTrue();
        assertThat(XattrPolicy.needsPrivilege("user." + name)).isFalse();
    }
}
