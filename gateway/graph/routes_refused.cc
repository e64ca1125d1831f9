// Rows that stand in the table so that their refusal is seen to be meant: streams of other services
// that carry files past the sealing, and answers that quote from files of anywhere.
#include <array>

#include "gateway/graph/routes.h"

namespace kerros::graph {
namespace {

using namespace row;
using M = Method;
using O = Operation;

constexpr auto kRows = std::to_array<RouteRow>({
    {M::kPost, "/copilot/**", O::kContentSide, !kProves, kMayHoldContent},
    {M::kGet, "/me/insights/**", O::kContentSide, !kProves, kMayHoldContent},
    {M::kGet, "/users/*/insights/**", O::kContentSide, !kProves, kMayHoldContent},

    // Mail.
    {M::kGet, "/me/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/users/*/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/users/*/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/mailFolders/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/mailFolders/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/events/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/events/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/sendMail", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/users/*/sendMail", O::kUnknown, !kProves, kOtherFiles},

    // Notebooks.
    {M::kGet, "/me/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPatch, "/me/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/users/*/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/users/*/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/groups/*/onenote/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/groups/*/onenote/**", O::kUnknown, !kProves, kOtherFiles},

    // Messages of chats and channels.
    {M::kGet, "/chats/*/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/chats/*/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/teams/*/channels/*/messages/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/teams/*/channels/*/messages/**", O::kUnknown, !kProves, kOtherFiles},

    // Print, calls, tasks, plans, pictures of people.
    {M::kPost, "/print/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/print/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/communications/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/communications/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/onlineMeetings/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/todo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPost, "/me/todo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/planner/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/planner/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/me/photo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPut, "/me/photo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kPatch, "/me/photo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/users/*/photo/**", O::kUnknown, !kProves, kOtherFiles},
    {M::kGet, "/groups/*/photo/**", O::kUnknown, !kProves, kOtherFiles},
});

}  // namespace

std::span<const RouteRow> refused_rows() { return kRows; }

}  // namespace kerros::graph
