// The rows of driveItems.
#include "gateway/graph/routes.h"

#include <array>
#include <vector>

namespace kerros::graph {
namespace {

using namespace row;
using M = Method;
using O = Operation;

constexpr auto kRows = std::to_array<RouteRow>({
    // One item.
    {M::kGet, "{item}", O::kReadItem, kProves, kRewritten},
    {M::kPatch, "{item}", O::kUpdateItem, kProves, kRewritten},
    {M::kDelete, "{item}", O::kDeleteItem, kProves, "passes; the record follows"},
    {M::kPost, "{item}/permanentDelete", O::kDeleteItem, kProves, "passes; the record follows"},
    {M::kGet, "{item}/content", O::kReadContent, kProves, "opened"},
    {M::kHead, "{item}/content", O::kReadContent, kProves, "answered with the plain size"},
    {M::kPut, "{item}/content", O::kWriteContent, kProves, "sealed"},
    {M::kGet, "{item}/content/$value", O::kContentSide, kProves, "refused: ask for content"},
    {M::kPut, "{item}/content/$value", O::kContentSide, kProves, "refused: write to content"},
    {M::kGet, "{item}/contentStream", O::kReadContent, kProves, "opened"},
    {M::kPost, "{item}/createUploadSession", O::kCreateSession, kProves, "sealed"},
    {M::kPut, "{item}", O::kCommitSession, kProves,
     "sealed sessions alone; other content is refused"},
    {M::kGet, "{item}/children", O::kListChildren, kProves, kRewritten},
    {M::kPost, "{item}/children", O::kCreateChild, kProves, "folders pass, files are refused"},
    {M::kPut, "{item}/children/*/content", O::kUnknown, !kProves,
     "refused everywhere: write to children('NAME')/content"},

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

    // Versions and copies: the registry follows.
    {M::kGet, "{item}/versions", O::kListVersions, kProves, "sizes of sealed versions rewritten"},
    {M::kGet, "{item}/versions/*", O::kListVersions, kProves, "size of a sealed version rewritten"},
    {M::kDelete, "{item}/versions/*", O::kListVersions, kProves, "passes, on record"},
    {M::kGet, "{item}/versions/*/content", O::kReadVersion, kProves, "opened"},
    {M::kPost, "{item}/versions/*/restoreVersion", O::kRestore, kProves,
     "passes, on record; a version that was not sealed is refused"},
    {M::kPost, "{item}/restore", O::kRestore, kProves, "passes, on record"},
    {M::kPost, "{item}/copy", O::kCopy, kProves,
     "passes, on record; ordinary files are not copied to a protected place"},

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
    {M::kGet, "{item}/activities/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/getActivitiesByInterval", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/createdByUser", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/lastModifiedByUser", O::kMetadata, kProves, kPasses},
    {M::kGet, "{item}/listItem", O::kListRows, kProves, kRewritten},
    {M::kGet, "{item}/listItem/fields", O::kListFields, kProves, kRewritten},
    {M::kPatch, "{item}/listItem/fields", O::kUpdateItem, kProves, kPasses},
    {M::kGet, "{item}/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kGet, "{item}/subscriptions/socketIo", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/validatePermission", O::kMetadata, kProves, "passes"},
    {M::kPost, "{item}/permissions", O::kMetadata, kProves, kPasses},
    {M::kPost, "{item}/permissions/*/grant", O::kMetadata, kProves,
     "passes; the key is not shared with it"},
    {M::kPost, "{item}/lockOrUnlockRecord", O::kMetadata, kProves,
     "passes; a locked record takes no new content"},
    {M::kPost, "{item}/archive", O::kMetadata, kProves, "passes; not readable until unarchived"},
    {M::kPost, "{item}/unarchive", O::kMetadata, kProves, "passes"},

    // Requests within a request, and questions about everything.
    {M::kPost, "/$batch", O::kBatch, !kProves, "split; each request as if it came alone"},
    {M::kPost, "/search/query", O::kQuery, kProves, "size, hash and URLs rewritten; no extracts"},
});

}  // namespace

std::span<const RouteRow> item_rows() { return kRows; }

std::span<const RouteRow> route_table() {
  static const std::vector<RouteRow> all = [] {
    std::vector<RouteRow> rows;
    for (const auto part : {item_rows(), place_rows(), directory_rows(), refused_rows()})
      rows.insert(rows.end(), part.begin(), part.end());
    return rows;
  }();
  return all;
}

}  // namespace kerros::graph
