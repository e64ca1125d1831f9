// A note that upstream was asked for an upload session and has not answered yet.
//
// The answer alone tells the session's address. Should it be lost, with us or on its way, the name
// stays blocked until upstream ends the session by itself, and nobody can end it sooner. The note
// lets the next attempt say why, and when to try again. It lies with the sessions: `kill -9` leaves
// it, the sweeper removes it with the outcome of its intent.
//
// Thread safety: one coroutine. Lifetime: within the exchange.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

class UnansweredNote {
 public:
  // `target`: how the audit log names the place; attempts for the same one find each other's notes.
  UnansweredNote(Exchange& x, std::string_view target);

  // Stored when it returns; to be awaited before upstream is asked.
  net::awaitable<void> store(const keystore::SealedKey& sealed,
                             const transfer::SessionState& state);
  // Upstream answered: nothing is left in doubt, of this attempt and of the earlier one.
  void answered();
  // It did not, and the intent has its outcome: the note stays without it.
  void gave_up();
  // What a 409 means for the client: an earlier attempt's session may still block the name.
  // nullopt: upstream's own answer says all there is to say.
  std::optional<Refused> blocked() const;

 private:
  void tell_end_of_earlier() const;

  Exchange& x_;
  std::optional<keystore::SessionRecord> stored_;
  crypto::Id id_;
  std::optional<SessionTable::Hold> hold_;  // none: another attempt is being answered just now
  std::optional<keystore::SessionRecord> earlier_;  // of an attempt whose session may still block
};

}  // namespace kerros::io
