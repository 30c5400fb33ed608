"""What Supportlotsen knows: content, its checks, its database, its calendar. Imports nothing of Rasa."""
