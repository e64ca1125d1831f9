// The rows of people, groups and teams, and of what else answers with JSON that holds no content.
#include <array>

#include "gateway/graph/routes.h"

namespace kerros::graph {
namespace {

using namespace row;
using M = Method;
using O = Operation;

constexpr auto kRows = std::to_array<RouteRow>({
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
    {M::kGet, "/users/*/followedSites", O::kMetadata, kProves, kPasses},
    {M::kPost, "/users/*/followedSites/add", O::kMetadata, kProves, kPasses},
    {M::kPost, "/users/*/followedSites/remove", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*/members", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*/owners", O::kMetadata, kProves, kPasses},
    {M::kGet, "/groups/*/sites", O::kMetadata, kProves, kPasses},
    {M::kGet, "/organization", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*/channels", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*/channels/*", O::kMetadata, kProves, kPasses},
    {M::kGet, "/teams/*/primaryChannel", O::kMetadata, kProves, kPasses},
    {M::kGet, "/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kPost, "/subscriptions", O::kMetadata, kProves, "passes"},
    {M::kGet, "/subscriptions/*", O::kMetadata, kProves, "passes"},
    {M::kPatch, "/subscriptions/*", O::kMetadata, kProves, "passes"},
    {M::kDelete, "/subscriptions/*", O::kMetadata, kProves, "passes"},
});

}  // namespace

std::span<const RouteRow> directory_rows() { return kRows; }

}  // namespace kerros::graph
