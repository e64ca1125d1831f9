// The media type that a file's name tells: the cloud sees only sealed bytes and may call them
// "application/octet-stream".
//
// Thread safety: pure function.
#pragma once

#include <string_view>

namespace kerros::graph {

// By the part behind the last '.', without case; empty when it tells nothing.
std::string_view media_type_of(std::string_view name);

}  // namespace kerros::graph
