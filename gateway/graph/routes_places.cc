// The rows of what holds driveItems: their answers are JSON without content. What would change the
// file behind a list item is refused here and asked of the driveItem.
#include <array>

#include "gateway/graph/routes.h"

namespace kerros::graph {
namespace {

using namespace row;
using M = Method;
using O = Operation;

constexpr std::string_view kAskTheItem = "refused everywhere: ask the driveItem";
constexpr std::string_view kNoKey = "passes; the key is not shared with it";

constexpr auto kRows = std::to_array<RouteRow>({
    {M::kGet, "{drives}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{drive}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{drive}/activities", O::kMetadata, kProves, kPasses},
    {M::kPost, "{drive}/bundles", O::kUnknown, !kProves, "refused everywhere: not followed"},

    // Sharing links: whoever holds one is answered, so nothing here proves a caller.
    {M::kGet, "{share}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{share}/permission", O::kMetadata, kProves, kPasses},
    {M::kPatch, "{share}/permission", O::kMetadata, kProves, kPasses},
    {M::kDelete, "{share}/permission", O::kMetadata, kProves, "passes"},
    {M::kPost, "{share}/permission/grant", O::kMetadata, kProves, kNoKey},

    {M::kGet, "/sites", O::kMetadata, kProves, kPasses},
    {M::kGet, "/sites/delta", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}/sites", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}/lists", O::kMetadata, kProves, kPasses},
    {M::kPost, "{site}/lists", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/columns", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/columns/*", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/contentTypes", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/contentTypes/*", O::kMetadata, kProves, "passes"},
    {M::kPost, "{site}/contentTypes/*/copyToDefaultContentLocation", O::kUnknown, !kProves,
     kOtherFiles},
    {M::kGet, "{site}/items/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}/permissions", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/permissions/*", O::kMetadata, kProves, "passes"},
    {M::kGet, "{site}/analytics/**", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}/getActivitiesByInterval", O::kMetadata, kProves, kPasses},
    {M::kGet, "{site}/recycleBin", O::kMetadata, kProves, "passes; sizes are the sealed ones"},
    {M::kGet, "{site}/recycleBin/items", O::kMetadata, kProves,
     "passes; sizes are the sealed ones"},
    {M::kGet, "{site}/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "{site}/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPatch, "{site}/onenote/**", O::kUnknown, !kProves, kOtherFiles},

    {M::kGet, "{list}", O::kMetadata, kProves, kPasses},
    {M::kPatch, "{list}", O::kMetadata, kProves, kPasses},
    {M::kGet, "{list}/columns", O::kMetadata, kProves, "passes"},
    {M::kGet, "{list}/contentTypes", O::kMetadata, kProves, "passes"},
    {M::kGet, "{list}/activities", O::kMetadata, kProves, kPasses},
    {M::kGet, "{list}/operations", O::kMetadata, kProves, "passes"},
    {M::kGet, "{list}/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kGet, "{list}/subscriptions/socketIo", O::kMetadata, kProves, "passes"},
    {M::kGet, "{list}/items", O::kListRows, kProves, kRewritten},
    {M::kPost, "{list}/items", O::kMetadata, kProves, kPasses},
    {M::kGet, "{list}/items/delta", O::kListRows, kProves, kRewritten},

    {M::kGet, "{listItem}", O::kListRows, kProves, kRewritten},
    {M::kPatch, "{listItem}", O::kMetadata, kProves, kPasses},
    {M::kDelete, "{listItem}", O::kUnknown, !kProves, kAskTheItem},
    {M::kGet, "{listItem}/fields", O::kListFields, kProves, kRewritten},
    {M::kPatch, "{listItem}/fields", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/versions", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/versions/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/versions/*/fields", O::kMetadata, kProves, kPasses},
    {M::kPost, "{listItem}/versions/*/restoreVersion", O::kUnknown, !kProves, kAskTheItem},
    {M::kGet, "{listItem}/documentSetVersions", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/documentSetVersions/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/documentSetVersions/*/fields", O::kMetadata, kProves, kPasses},
    {M::kPost, "{listItem}/documentSetVersions", O::kMetadata, kProves, kPasses},
    {M::kPost, "{listItem}/documentSetVersions/*/restore", O::kUnknown, !kProves,
     "refused everywhere: brings older files back"},
    {M::kGet, "{listItem}/activities", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/analytics/**", O::kMetadata, kProves, kPasses},
    {M::kGet, "{listItem}/getActivitiesByInterval", O::kMetadata, kProves, kPasses},
    {M::kPost, "{listItem}/createLink", O::kMetadata, kProves, "passes; the link shows ciphertext"},

    // SharePoint Embedded.
    {M::kGet, "/storage/fileStorage/containers", O::kMetadata, kProves, kPasses},
    {M::kPost, "/storage/fileStorage/containers", O::kMetadata, kProves, "passes"},
    {M::kGet, "/storage/fileStorage/deletedContainers", O::kMetadata, kProves, kPasses},
    {M::kGet, "{container}", O::kMetadata, kProves, kPasses},
    {M::kPatch, "{container}", O::kMetadata, kProves, kPasses},
    {M::kDelete, "{container}", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/activate", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/lock", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/unlock", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/restore", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/permanentDelete", O::kMetadata, kProves, "passes"},
    {M::kGet, "{container}/columns", O::kMetadata, kProves, "passes"},
    {M::kGet, "{container}/permissions", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/permissions", O::kMetadata, kProves, kNoKey},
    {M::kPatch, "{container}/permissions/*", O::kMetadata, kProves, kNoKey},
    {M::kDelete, "{container}/permissions/*", O::kMetadata, kProves, "passes"},
    {M::kGet, "{container}/recycleBin", O::kMetadata, kProves, kPasses},
    {M::kGet, "{container}/recycleBin/items", O::kMetadata, kProves,
     "passes; sizes are the sealed ones"},
    {M::kPost, "{container}/recycleBin/items/restore", O::kMetadata, kProves,
     "passes; the record still knows the item"},
    {M::kPost, "{container}/recycleBin/items/delete", O::kMetadata, kProves, "passes"},
    {M::kPost, "{container}/provisionMigrationContainers", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "{container}/migrationJobs/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "{container}/migrationJobs/**", O::kUnknown, !kProves, kOtherFiles},
});

}  // namespace

std::span<const RouteRow> place_rows() { return kRows; }

}  // namespace kerros::graph
