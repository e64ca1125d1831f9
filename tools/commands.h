// The nouns of `kerros`, one file each.
//
// Thread safety: one thread. Lifetime: `globals` outlives the commands.
#pragma once

#include <vector>

#include "tools/command_line.h"
#include "tools/questions.h"

namespace kerros::tools {

std::vector<Command> init_commands(const Globals& globals);
std::vector<Command> item_commands(const Globals& globals);
std::vector<Command> key_commands(const Globals& globals);
std::vector<Command> key_change_commands(const Globals& globals);
std::vector<Command> key_rewrap_commands(const Globals& globals);
std::vector<Command> inspect_commands(const Globals& globals);
std::vector<Command> open_commands(const Globals& globals);
std::vector<Command> policy_commands(const Globals& globals);
std::vector<Command> status_commands(const Globals& globals);
std::vector<Command> audit_commands(const Globals& globals);
std::vector<Command> store_commands(const Globals& globals);
std::vector<Command> proxy_ca_commands(const Globals& globals);
std::vector<Command> proxy_user_commands(const Globals& globals);
std::vector<Command> doctor_commands(const Globals& globals);
std::vector<Command> version_commands(const Globals& globals);

}  // namespace kerros::tools
