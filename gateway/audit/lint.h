// Whether records say what they must and nothing that they must not.
//
// Every record is held against the table of its event: its seven fields, how its status may begin,
// what has to be in its details, whether it points at an intent and at the right one. And no field
// of any record may hold a token, a key, an address that opens a file by itself, or bytes of
// content. What is found is told by position, field and rule, never by the text itself.
//
// Thread safety: one owner.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/audit/record.h"

namespace kerros::audit {

struct Finding {
  std::uint64_t position = 0;
  std::string field;  // "actor", or the name of a detail
  std::string rule;   // a sentence without a word of the record
  bool operator==(const Finding&) const = default;
};

// The rule that a text breaks; empty when it holds nothing secret.
std::string_view secret_in(std::string_view text);

class Lint {
 public:
  // In the order of positions. An outcome whose intent was not shown here is not compared with it.
  void look(std::uint64_t position, const Record& record);
  const std::vector<Finding>& findings() const { return findings_; }
  std::uint64_t records() const { return records_; }

 private:
  void check_form(std::uint64_t position, const Record& record);
  void check_intent(std::uint64_t position, const Record& record);
  void check_secrets(std::uint64_t position, const Record& record);
  void report(std::uint64_t position, std::string field, std::string_view rule);

  std::map<std::uint64_t, Event> intents_;  // open ones
  std::uint64_t first_ = 0, last_ = 0;
  std::uint64_t records_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace kerros::audit
