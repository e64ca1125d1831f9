#include "gateway/policy/decide.h"

#include <algorithm>

namespace kerros::policy {
namespace {

using graph::Operation;

bool is_everything(std::string_view glob) { return glob == "/**" || glob == "**"; }

bool asks_for_path(const Rule& rule) {
  return !rule.paths.empty() && std::ranges::none_of(rule.paths, is_everything);
}

bool rule_matches(const Rule& rule, const Place& place) {
  if (!rule.drives.empty() && std::ranges::find(rule.drives, place.drive_id) == rule.drives.end())
    return false;
  if (!asks_for_path(rule)) return true;
  return !place.path.empty() && std::ranges::any_of(rule.paths, [&](const std::string& glob) {
    return glob_matches(glob, place.path);
  });
}

// What happens to an operation on an item of a protected place.
Decision in_protected_place(Operation operation) {
  switch (operation) {
    case Operation::kReadContent:
    case Operation::kReadVersion:
      return Decision::kOpen;
    case Operation::kWriteContent:
    case Operation::kCreateSession:
    case Operation::kCommitSession:
      return Decision::kSeal;
    case Operation::kReadItem:
    case Operation::kListChildren:
    case Operation::kListItems:
    case Operation::kListRows:
    case Operation::kListFields:
    case Operation::kCreateChild:
    case Operation::kUpdateItem:
    case Operation::kMetadata:
    case Operation::kListVersions:
    case Operation::kQuery:
    case Operation::kBatch:
    case Operation::kCopy:
    case Operation::kOwnMonitor:
      return Decision::kRewrite;
    case Operation::kDeleteItem:
    case Operation::kRestore:
      return Decision::kPass;
    case Operation::kOwnUpload:
      return Decision::kSeal;
    case Operation::kOwnDownload:
      return Decision::kOpen;
    case Operation::kContentSide:
    case Operation::kUnknown:
      return Decision::kRefuse;
  }
  return Decision::kRefuse;
}

// Elsewhere content passes, but JSON is still rewritten: download URLs must lead through the
// gateway, and sealed items may have been moved there. An own URL carries the decision it was made
// with, so it means the same everywhere.
Decision in_ordinary_place(Operation operation) {
  switch (operation) {
    case Operation::kReadContent:
    case Operation::kReadVersion:
    case Operation::kRestore:
    case Operation::kWriteContent:
    case Operation::kDeleteItem:
    case Operation::kContentSide:
      return Decision::kPass;
    case Operation::kCreateSession:
    case Operation::kCommitSession:
    case Operation::kReadItem:
    case Operation::kListChildren:
    case Operation::kListItems:
    case Operation::kListRows:
    case Operation::kListFields:
    case Operation::kCreateChild:
    case Operation::kUpdateItem:
    case Operation::kMetadata:
    case Operation::kListVersions:
    case Operation::kQuery:
    case Operation::kBatch:
    case Operation::kCopy:
    case Operation::kOwnMonitor:
      return Decision::kRewrite;
    case Operation::kOwnUpload:
      return Decision::kSeal;
    case Operation::kOwnDownload:
      return Decision::kOpen;
    case Operation::kUnknown:
      return Decision::kRefuse;
  }
  return Decision::kRefuse;
}

bool names_an_item(const graph::Route& route) { return route.target.has_item; }

// Without an item there is no place that could make it ordinary.
Verdict without_item(Operation operation) {
  switch (operation) {
    case Operation::kOwnUpload:
    case Operation::kOwnDownload:
    case Operation::kOwnMonitor:
      return {in_protected_place(operation), nullptr,
              "The URL is the gateway's own and carries the decision it was made with."};
    case Operation::kBatch:
      return {Decision::kRewrite, nullptr, "Each request in the batch is decided by itself."};
    case Operation::kMetadata:
    case Operation::kListItems:
    case Operation::kListRows:
    case Operation::kListFields:
    case Operation::kListChildren:
    case Operation::kQuery:
      return {Decision::kRewrite, nullptr, "The request names no item; its answer is rewritten."};
    default:
      return {Decision::kRefuse, nullptr,
              "The request could carry content of protected items that it does not name."};
  }
}

std::string reason_of(const graph::Route& route, const Rule* rule) {
  std::string reason = rule == nullptr ? "No rule matches this place"
                                       : "Rule \"" + rule->name + "\" protects this place";
  reason.append(": ").append(graph::name(route.operation)).append(".");
  return reason;
}

}  // namespace

std::string_view name(Decision decision) {
  switch (decision) {
    case Decision::kPass:
      return "pass";
    case Decision::kRewrite:
      return "rewrite";
    case Decision::kSeal:
      return "seal";
    case Decision::kOpen:
      return "open";
    case Decision::kRefuse:
      return "refuse";
  }
  return "refuse";
}

const Rule* match(const Rules& rules, const Place& place) {
  const auto rule =
      std::ranges::find_if(rules.rules, [&](const Rule& one) { return rule_matches(one, place); });
  return rule == rules.rules.end() ? nullptr : &*rule;
}

LegacyPlain legacy_plain(const Rules& rules, const Place& place) {
  const Rule* rule = match(rules, place);
  return rule != nullptr && rule->legacy_plain ? *rule->legacy_plain : rules.legacy_plain;
}

bool needs_path(const Rules& rules) { return std::ranges::any_of(rules.rules, asks_for_path); }

bool needs_drive(const Rules& rules) {
  return std::ranges::any_of(rules.rules, [](const Rule& rule) { return !rule.drives.empty(); });
}

bool can_decide(const Rules& rules, const Place& place) {
  return (!needs_path(rules) || !place.path.empty()) &&
         (!needs_drive(rules) || !place.drive_id.empty());
}

Verdict decide(const Rules& rules, const graph::Route& route, const Place& place) {
  if (route.operation == Operation::kUnknown)
    return {Decision::kRefuse, nullptr, "The request is not in the route table."};
  if (!names_an_item(route)) return without_item(route.operation);
  if (!can_decide(rules, place))
    return {Decision::kRefuse, nullptr, "The rules ask where the item lives, and that is unknown."};
  const Rule* rule = match(rules, place);
  const Decision decision =
      rule == nullptr ? in_ordinary_place(route.operation) : in_protected_place(route.operation);
  return {decision, rule, reason_of(route, rule)};
}

}  // namespace kerros::policy
