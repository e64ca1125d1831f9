// A passphrase asked from the person at the terminal, without echo.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "crypto/secret.h"

namespace kerros::tools {

bool can_prompt();  // there is a terminal; a script is never left waiting

Result<crypto::SecretBytes> prompt_passphrase(const std::string& prompt);
// Asked twice; kMalformed when the two differ.
Result<crypto::SecretBytes> prompt_new_passphrase();

}  // namespace kerros::tools
