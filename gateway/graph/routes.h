// The parts of the route table and the words they share.
//
// A row is added only with an answer to two questions: can content of a protected item, or a URL to
// it, cross the wire here, and does upstream check the bearer before it answers?
// Thread safety: constants.
#pragma once

#include "gateway/graph/classify.h"

namespace kerros::graph {

std::span<const RouteRow> item_rows();       // driveItems, batches and queries of them
std::span<const RouteRow> place_rows();      // drives, sites, lists, list items, shares, containers
std::span<const RouteRow> directory_rows();  // people, groups, teams, subscriptions
std::span<const RouteRow> refused_rows();    // other channels that carry files

namespace row {

constexpr bool kProves = true;

// for_protected, where several rows share a sentence
constexpr std::string_view kRewritten = "size, hash and URLs rewritten";
constexpr std::string_view kPasses = "passes; URLs rewritten";
constexpr std::string_view kNeedsPlain = "refused: the cloud would need the plaintext";
constexpr std::string_view kMayHoldContent = "refused everywhere: may hold content of any item";
constexpr std::string_view kOtherFiles =
    "refused everywhere: carries files that are not sealed here";

}  // namespace row
}  // namespace kerros::graph
