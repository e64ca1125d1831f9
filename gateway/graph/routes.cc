// The route table. A row is added only with an answer to two questions: can content of a protected
// item, or a URL to it, cross the wire here, and does upstream check the bearer before it answers?
#include <array>

#include "gateway/graph/classify.h"

namespace kerros::graph {
namespace {

using M = Method;
using O = Operation;

constexpr bool kProves = true;

// for_protected, where several rows share a sentence
constexpr std::string_view kRewritten = "size, hash and URLs rewritten";
constexpr std::string_view kPasses = "passes; URLs rewritten";
constexpr std::string_view kNeedsPlain = "refused: the cloud would need the plaintext";
constexpr std::string_view kNotYetVersions = "refused: older versions are not opened";
constexpr std::string_view kNotYetCopy = "refused: copies are not followed";
constexpr std::string_view kMayHoldContent = "refused everywhere: may hold content of any item";
constexpr std::string_view kOtherFiles =
    "refused everywhere: carries files that are not sealed here";

constexpr auto kRows = std::to_array<RouteRow>({
    // One item.
    {M::kGet, "{item}", O::kReadItem, kProves, kRewritten},
    {M::kPatch, "{item}", O::kUpdateItem, kProves, kRewritten},
    {M::kDelete, "{item}", O::kDeleteItem, kProves, "passes; the record follows"},
    {M::kGet, "{item}/content", O::kReadContent, kProves, "opened"},
    {M::kHead, "{item}/content", O::kReadContent, kProves, "answered with the plain size"},
    {M::kPut, "{item}/content", O::kWriteContent, kProves, "sealed"},
    {M::kGet, "{item}/content/$value", O::kContentSide, kProves, "refused: ask for content"},
    {M::kPut, "{item}/content/$value", O::kContentSide, kProves, "refused: write to content"},
    {M::kGet, "{item}/contentStream", O::kContentSide, kProves, "refused: ask for content"},
    {M::kPost, "{item}/createUploadSession", O::kCreateSession, kProves, "sealed"},
    {M::kGet, "{item}/children", O::kListChildren, kProves, kRewritten},
    {M::kPost, "{item}/children", O::kCreateChild, kProves, "folders pass, files are refused"},

    // Lists of items.
    {M::kGet, "{item}/delta", O::kListItems, kProves, kRewritten},
    {M::kGet, "{item}/delta/**", O::kListItems, kProves, kRewritten},
    {M::kGet, "{item}/search", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/search", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/recent", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/sharedWithMe", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/items", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/special", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/following", O::kListItems, kProves, kRewritten},
    {M::kGet, "{drive}/bundles", O::kListItems, kProves, kRewritten},

    // What derives from content.
    {M::kGet, "{item}/thumbnails/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPut, "{item}/thumbnails/**", O::kContentSide, kProves,
     "refused: a picture of the content"},
    {M::kPost, "{item}/thumbnails/**", O::kContentSide, kProves,
     "refused: a picture of the content"},
    {M::kPost, "{item}/preview", O::kContentSide, kProves, kNeedsPlain},
    {M::kGet, "{item}/workbook/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPost, "{item}/workbook/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPut, "{item}/workbook/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPatch, "{item}/workbook/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kDelete, "{item}/workbook/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPost, "{item}/extractSensitivityLabels", O::kContentSide, kProves, kNeedsPlain},
    {M::kPost, "{item}/assignSensitivityLabel", O::kContentSide, kProves, kNeedsPlain},
    {M::kGet, "{item}/opStream/**", O::kContentSide, kProves, kNeedsPlain},
    {M::kPost, "{item}/opStream/**", O::kContentSide, kProves, kNeedsPlain},

    // Versions and copies: the registry must follow before their content may be opened.
    {M::kGet, "{item}/versions", O::kMetadata, kProves, "passes; sizes are the sealed ones"},
    {M::kGet, "{item}/versions/*", O::kMetadata, kProves, "passes; the size is the sealed one"},
    {M::kDelete, "{item}/versions/*", O::kMetadata, kProves, "passes"},
    {M::kGet, "{item}/versions/*/content", O::kContentSide, kProves, kNotYetVersions},
    {M::kPost, "{item}/versions/*/restoreVersion", O::kContentSide, kProves, kNotYetVersions},
    {M::kPost, "{item}/restore", O::kContentSide, kProves, kNotYetVersions},
    {M::kPost, "{item}/copy", O::kContentSide, kProves, kNotYetCopy},

    // Metadata of an item.
    {M::kGet, "{item}/permissions", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/permissions/*", O::kMetadata, kProves, kPasses},
    {M::kPatch, "{item}/permissions/*", O::kMetadata, kProves, kPasses},
    {M::kDelete, "{item}/permissions/*", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/invite", O::kMetadata, kProves, "passes; the key is not shared with it"},
    {M::kPost, "{item}/createLink", O::kMetadata, kProves, "passes; the link shows ciphertext"},
    {M::kPost, "{item}/checkout", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/checkin", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/discardCheckout", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/follow", O::kMetadata, kProves, kPasses},
    {M::kPost, "{item}/unfollow", O::kMetadata, kProves, "passes"},
    {M::kGet, "{item}/retentionLabel", O::kMetadata, kProves, "passes"},
    {M::kPatch, "{item}/retentionLabel", O::kMetadata, kProves, "passes"},
    {M::kDelete, "{item}/retentionLabel", O::kMetadata, kProves, "passes"},
    {M::kGet, "{item}/analytics/**", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/activities", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/subscriptions/socketIo", O::kMetadata, kProves, "passes"},

    // Drives, sites and lists.
    {M::kGet, "{drives}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{drive}", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/*/sites", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/*/lists", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/*/lists/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/*/columns", O::kMetadata, kProves, "passes"},
    {M::kGet, "/sites/*/lists/*/columns", O::kMetadata, kProves, "passes"},

    // The directory and what else answers with JSON alone.
    {M::kGet, "/$metadata", O::kMetadata, !kProves, "passes"},
    {M::kGet, "/me", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/manager", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/memberOf", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/transitiveMemberOf", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/directReports", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/people", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/joinedTeams", O::kMetadata, kProves, kPasses},
    {M::kGet, "/me/followedSites", O::kMetadata, kProves, kPasses},
    {M::kGet, "/users", O::kMetadata, kProves, kPasses},
    {M::kGet, "/users/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/users/*/memberOf", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*/members", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*/owners", O::kMetadata, kProves, kPasses},
    {M::kGet, "/organization", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*/channels", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*/channels/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kPost, "/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kGet, "/subscriptions/*", O::kMetadata, kProves, "passes"},
    {M::kPatch, "/subscriptions/*", O::kMetadata, kProves, "passes"},
    {M::kDelete, "/subscriptions/*", O::kMetadata, kProves, "passes"},

    // Refused everywhere, named so that the refusal is seen to be meant.
    {M::kPost, "/$batch", O::kContentSide, !kProves, "refused: send the requests one by one"},
    {M::kPost, "/search/query", O::kContentSide, !kProves, kMayHoldContent},
    {M::kPost, "/copilot/**", O::kContentSide, !kProves, kMayHoldContent},
    {M::kGet, "/me/messages/*/attachments/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/messages/*/attachments/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/chats/*/messages/*/hostedContents/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/print/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/storage/fileStorage/containers/*/provisionMigrationContainers", O::kUnknown,
     !kProves, kOtherFiles},
});

}  // namespace

std::span<const RouteRow> route_table() { return kRows; }

}  // namespace kerros::graph
