// A request that is refused: thrown by handlers, written as the error envelope of the service.
#pragma once

#include <stdexcept>
#include <string>

namespace kerros::sandbox {

struct Refusal : std::runtime_error {
  Refusal(unsigned status_, std::string code_, const std::string& message, std::string inner_ = {})
      : std::runtime_error(message),
        status(status_),
        code(std::move(code_)),
        inner(std::move(inner_)) {}

  unsigned status;
  std::string code;
  std::string inner;  // the second-level code; empty when there is none
};

inline Refusal bad_request(const std::string& message) { return {400, "invalidRequest", message}; }
inline Refusal item_not_found() {
  return {404, "itemNotFound", "The resource could not be found."};
}
inline Refusal access_denied() { return {403, "accessDenied", "Access denied"}; }
inline Refusal name_exists(const std::string& message) {
  return {409, "nameAlreadyExists", message};
}

}  // namespace kerros::sandbox
