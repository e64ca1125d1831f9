#include "gateway/proxy/users_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace kerros::proxy {

Result<std::vector<User>> parse_users(std::string_view text) {
  std::vector<User> users;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const auto row = text.substr(0, end);
    const auto colon = row.find(':');
    if (end == std::string_view::npos || colon == std::string_view::npos)
      return fail(ErrorCode::kMalformed,
                  "line " + std::to_string(line) + ": not a whole line NAME:DIGEST");
    users.push_back({std::string(row.substr(0, colon)), std::string(row.substr(colon + 1))});
    text.remove_prefix(end + 1);
  }
  if (auto sound = Users::make(users); !sound) return tl::unexpected(sound.error());
  return users;
}

std::string users_text(const std::vector<User>& users) {
  std::string text;
  for (const auto& user : users) text += user.name + ":" + user.digest + "\n";
  return text;
}

Result<std::vector<User>> read_users_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const int reason = errno;
    return fail(reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                file + ": " + std::strerror(reason));
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto users = parse_users(text);
  if (!users) return fail(users.error().code, file + ": " + users.error().detail);
  return users;
}

}  // namespace kerros::proxy
