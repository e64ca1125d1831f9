// Identifiers in the shapes that the service uses.
//
// What exists from the start (users, drives, sites) is named by a digest, so that the same
// directory and the same user always have the same ids; items are random. Thread safety: any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace kerros::sandbox {

std::string random_bytes(std::size_t n);
std::string random_guid();
std::string guid_from(std::string_view seed);
std::string random_item_id();  // "01" and 32 base32 characters, upper case
std::string item_id_from(std::string_view seed);
std::string drive_id_from(std::string_view seed);  // "b!" and 64 base64url characters

}  // namespace kerros::sandbox
