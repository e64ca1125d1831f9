// The status as one screen for people.
//
// Thread safety: pure.
#pragma once

#include "tools/questions.h"

namespace kerros::tools {

// A line for each thing, what is not well below them.
std::string status_screen(const Json& status);

}  // namespace kerros::tools
