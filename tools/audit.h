// What the commands of the noun audit share.
//
// Thread safety: plain values. Lifetime: a LogQuestion outlives the options that fill it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/command_line.h"
#include "tools/questions.h"

namespace kerros::tools {

struct LogQuestion {
  std::string purpose, number, held;
  std::string since, until, actor, item, key, unit, event, event_class, status, subject;
  std::map<std::string, std::string> texts() const;  // as the admin socket takes them
};

void add_filters(std::vector<Option>& options, LogQuestion& asked);

std::vector<Command> audit_case_commands(const Globals& globals);

}  // namespace kerros::tools
