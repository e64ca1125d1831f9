// How much room is left where something is written, and how little of it is too little.
//
// Thread safety: pure questions to the system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kerros::tools {

inline constexpr std::uint64_t kTooLittleRoom = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kLittleRoom = std::uint64_t{1} << 30;

// Of the file system that a directory lies on, or will when it is made.
std::optional<std::uint64_t> free_bytes(const std::string& directory);

}  // namespace kerros::tools
