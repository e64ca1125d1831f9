#include "gateway/graph/grammar.h"

#include <algorithm>
#include <array>

namespace kerros::graph {
namespace {

using S = Target::Scope;
constexpr auto kWord = Step::Takes::kNothing;
constexpr auto kKey = Step::Takes::kKey;

constexpr auto kSteps = std::to_array<Step>({
    // Whoever owns drives. The key of such a collection is no route word: a user may be called
    // "drive".
    {S::kOther, "me", kWord, S::kOther},
    {S::kOther, "users", kKey, S::kOther},
    {S::kOther, "groups", kKey, S::kOther},
    {S::kOther, "group", kWord, S::kOther},
    {S::kOther, "teams", kKey, S::kOther},
    {S::kOther, "team", kWord, S::kOther},
    {S::kOther, "joinedTeams", kKey, S::kOther},
    {S::kOther, "channels", kKey, S::kOther},
    {S::kOther, "allChannels", kKey, S::kOther},
    {S::kOther, "incomingChannels", kKey, S::kOther},
    {S::kOther, "primaryChannel", kWord, S::kOther},
    {S::kOther, "education", kWord, S::kOther},
    {S::kOther, "user", kWord, S::kOther},
    {S::kOther, "storage", kWord, S::kOther},
    {S::kOther, "fileStorage", kWord, S::kOther},
    {S::kOther, "containers", kKey, S::kContainer},
    {S::kOther, "deletedContainers", kKey, S::kContainer},
    {S::kOther, "shares", kKey, S::kShare},
    {S::kOther, "sites", kKey, S::kSite},
    {S::kOther, "filesFolder", kWord, S::kItem},
    {S::kOther, "drive", kWord, S::kDrive},
    {S::kOther, "drives", kKey, S::kDrive},
    {S::kOther, "drives", kWord, S::kDrives},

    {S::kContainer, "drive", kWord, S::kDrive},

    {S::kSite, "sites", kKey, S::kSite},
    {S::kSite, "getByPath", kWord, S::kSite},
    {S::kSite, "lists", kKey, S::kList},
    {S::kSite, "drive", kWord, S::kDrive},
    {S::kSite, "drives", kKey, S::kDrive},
    {S::kSite, "drives", kWord, S::kDrives},

    {S::kList, "drive", kWord, S::kDrive},
    {S::kList, "items", kKey, S::kListItem},
    {S::kListItem, "driveItem", kWord, S::kItem},

    {S::kShare, "driveItem", kWord, S::kItem},
    {S::kShare, "root", kWord, S::kItem},
    {S::kShare, "items", kKey, S::kItem},
    {S::kShare, "list", kWord, S::kList},
    {S::kShare, "listItem", kWord, S::kListItem},
    {S::kShare, "site", kWord, S::kSite},

    {S::kDrive, "root", kWord, S::kItem},
    {S::kDrive, "items", kKey, S::kItem},
    {S::kDrive, "special", kKey, S::kItem},
    {S::kDrive, "following", kKey, S::kItem},
    {S::kDrive, "bundles", kKey, S::kItem},
    {S::kDrive, "list", kWord, S::kList},
});

}  // namespace

std::span<const Step> grammar() { return kSteps; }

}  // namespace kerros::graph
