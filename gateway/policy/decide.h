// Says what shall happen to a request, and can explain it. Classes only ever raise protection.
//
// Thread safety: pure functions over immutable rules; time is an argument.
// Source: docs/operations.md, "Policy".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/classify.h"

namespace kerros::policy {

// Where an item lives, as upstream said to this caller or as the URL already proves.
struct Place {
  std::string drive_id;
  std::string item_id;  // empty when it does not exist yet
  std::string path;     // "/Salassa/a.docx", decoded, from the drive's root
};

// A rule protects what it matches. Globs: "*" within a segment, "**" across segments, "?" one
// character; compared without case, as SharePoint compares names.
struct Rule {
  std::string name;          // the class, "secret" by default
  std::vector<std::string> drives;  // ids; empty: all
  std::vector<std::string> paths;   // globs over the drive path; empty: all
  std::string unit;          // name of the unit whose key seals; empty: the only one
};

enum class LegacyPlain : std::uint8_t { kPass, kRefuse };

struct Rules {
  std::vector<Rule> rules;   // in order; the first match names the class, none: ordinary
  LegacyPlain legacy_plain = LegacyPlain::kPass;
};

enum class Decision : std::uint8_t { kPass, kRewrite, kSeal, kOpen, kRefuse };
std::string_view name(Decision decision);

struct Verdict {
  Decision decision = Decision::kRefuse;
  const Rule* rule = nullptr;  // the one that matched; nullptr: ordinary place
  std::string reason;          // one sentence, for `kerros policy explain` and the audit log
};

// Whether anything in these rules can match below this drive; false lets requests pass unplaced.
const Rule* match(const Rules& rules, const Place& place);
// Whether the answer depends on the path at all (no rule has path globs: placing can be skipped).
bool needs_path(const Rules& rules);
bool needs_drive(const Rules& rules);

// `place` may be empty for routes that name no item.
Verdict decide(const Rules& rules, const graph::Route& route, const Place& place);

bool glob_matches(std::string_view glob, std::string_view path);

}  // namespace kerros::policy
