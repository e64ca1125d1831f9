// The file that keeps who may use the proxy door: a line "NAME:DIGEST" for each user.
//
// It holds no password and nothing that a password could be found from. What has only its digest
// in hand cannot use the door.
// Thread safety: pure functions but read_users_file().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/proxy/users.h"

namespace kerros::proxy {

// Strict: kMalformed with the line for what is no "NAME:DIGEST", with the name for what no user can
// be called, a digest that is none and a name that stands twice. No line: nobody is admitted.
Result<std::vector<User>> parse_users(std::string_view text);
std::string users_text(const std::vector<User>& users);  // the way back

// kNotFound, kUnavailable, or kMalformed with the file's name.
Result<std::vector<User>> read_users_file(const std::string& file);

}  // namespace kerros::proxy
