"""Who comes in: sign-in links and codes, sessions, agents and their profile, posts kept for who must sign in again.
It answers « who is this, with which rights », never « may they do that », which is the law’s.
Called by the door of the site and by every verb that needs the signed-in agent.
"""
