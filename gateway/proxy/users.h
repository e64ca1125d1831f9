// Who may use the proxy door by name and password.
//
// Passwords are made here and never chosen: 128 random bits need no slow hash, so that a thousand
// connections a second can be checked on the io threads. What is kept is a keyed digest.
//
// Source: RFC 7617 (the Basic scheme).
// Thread safety: immutable after it is made; admit() from any thread. Lifetime: owns its entries.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::proxy {

struct User {
  std::string name;    // 1 to 64 octets, without ':' and control characters
  std::string digest;  // of name and password: 64 hexadecimal digits
};

// A new password, shown once, and what the configuration keeps of it. kMalformed: no user's name.
struct NewUser {
  User user;
  std::string password;  // 26 characters
};
Result<NewUser> make_user(std::string_view name);

class Users {
 public:
  // kMalformed names the entry: a digest that is none, a name that is none or stands twice.
  static Result<Users> make(const std::vector<User>& users);

  bool empty() const { return entries_.empty(); }

  // The user whom the value of a Proxy-Authorization field names and proves; nullopt for anything
  // else. Takes the same time for an unknown name as for a wrong password.
  std::optional<std::string> admit(std::string_view field) const;

 private:
  struct Entry {
    std::string name;
    std::array<std::uint8_t, 32> digest;
  };
  std::vector<Entry> entries_;
};

}  // namespace kerros::proxy
