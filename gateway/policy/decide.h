// Says what shall happen to a request, and can explain it. Classes only ever raise protection.
//
// Thread safety: pure functions over immutable rules; time is an argument.
// Source: docs/operations.md, "Policy".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/classify.h"

namespace kerros::policy {

// Where an item lives, as upstream said to this caller or as the URL already proves.
struct Place {
  std::string drive_id;
  std::string item_id;  // empty when it does not exist yet
  std::string path;  // "/Salassa/a.docx", decoded, from the drive's root; the root itself is "/",
                     // empty means not known
};

// What happens to files of a protected place that were never sealed here.
enum class LegacyPlain : std::uint8_t { kPass, kRefuse };

// A rule protects what it matches. Globs: see glob_matches.
struct Rule {
  std::string name;                 // the class, "secret" by default
  std::vector<std::string> drives;  // ids, with case; empty: all
  std::vector<std::string> paths;   // globs over the drive path; empty: all
  std::string unit;                 // name of the unit whose key seals; empty: the only one
  std::optional<LegacyPlain> legacy_plain =
      std::nullopt;  // of this class; absent: as the policy says
};

struct Rules {
  std::vector<Rule> rules;  // in order; the first match names the class, none: ordinary
  LegacyPlain legacy_plain = LegacyPlain::kPass;
};

// kRewrite: the request passes and the driveItems and links of its JSON answer are rewritten.
enum class Decision : std::uint8_t { kPass, kRewrite, kSeal, kOpen, kRefuse };
std::string_view name(Decision decision);

struct Verdict {
  Decision decision = Decision::kRefuse;
  const Rule* rule = nullptr;  // the one that matched; nullptr: ordinary place
  std::string reason;          // one sentence, for `kerros policy explain` and the audit log
};

// The first rule that matches. A rule that asks for what the place does not say does not match:
// ask can_decide() first.
const Rule* match(const Rules& rules, const Place& place);

// Of the rule that matches, or of all.
LegacyPlain legacy_plain(const Rules& rules, const Place& place);

// Whether any rule looks at the path or at the drive at all; when not, placing can be skipped.
bool needs_path(const Rules& rules);
bool needs_drive(const Rules& rules);
// Whether the place says everything that the rules look at.
bool can_decide(const Rules& rules, const Place& place);

// `place` may be empty for routes that name no item. For a route that names one, an incomplete
// place is refused: nothing passes unplaced.
Verdict decide(const Rules& rules, const graph::Route& route, const Place& place);

// "*" stands for any characters of one name, "?" for one character, "**" as a whole name for any
// number of names, none included: "/Salassa/**" is the folder itself and everything below it,
// "/**/*.docx" such files anywhere. A glob is anchored at the drive's root, with or without its
// first "/". Names compare without case, as SharePoint compares them (policy/fold.h).
bool glob_matches(std::string_view glob, std::string_view path);

}  // namespace kerros::policy
